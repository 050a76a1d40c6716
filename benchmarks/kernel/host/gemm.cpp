// SPDX-License-Identifier: BSL-1.0
/// Matrix products on one thread: OpenBLAS and Eigen first, then ours, over the layer shapes of workload G and the backward shapes of
/// 784-256-128-10. flops: 2 m n k per second; peak: the share of this core's multiply-add peak, measured in this process just before.
/// Results are checked before timing.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <vector>

#if __has_include(<eigen3/Eigen/Core>)
#include <eigen3/Eigen/Core>
#endif

#include <strata/kernel/host/gemm.hpp>

#include "peak.hpp"

namespace {

using strata::host::copy_lanes;
using strata::host::gemm_item;
using strata::host::gemm_items;
using strata::host::gemm_plan;
using strata::host::GemmPlan;

constexpr int lanes = strata::host::convolution_width<float>;

/// OpenBLAS if this machine has it, on one thread: loaded while running, so that nothing need be linked. OPENBLAS_CORETYPE decides its
/// kernel.
struct OpenBlas {
    using Sgemm = void (*)(int, int, int, int, int, int, float, const float*, int, const float*, int, float, float*, int);
    Sgemm sgemm = nullptr;
    std::string kernel = "not found";
    OpenBlas() {
        void* library = dlopen("libopenblas.so.0", RTLD_NOW);
        if (!library) return;
        reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads"))(1);
        kernel = reinterpret_cast<const char* (*)()>(dlsym(library, "openblas_get_corename"))();
        sgemm = reinterpret_cast<Sgemm>(dlsym(library, "cblas_sgemm"));
    }
};
const OpenBlas& openblas() {
    static const OpenBlas library;
    return library;
}

enum Order { plain, turned };  // how an operand is stored: row-major, or its transpose row-major

struct Memory {
    struct Buffer {
        explicit Buffer(long size) : data_(static_cast<float*>(std::aligned_alloc(64, static_cast<std::size_t>(size * 4 + 63) / 64 * 64))) {
            std::uint32_t s = 1;
            for (long i = 0; i < size; ++i) s = s * 1664525u + 1013904223u, data_[i] = static_cast<float>(s >> 8) / 8388608.f - 1.f;
        }
        Buffer(const Buffer&) = delete;
        ~Buffer() { std::free(data_); }
        float* data() { return data_; }
        float operator[](long i) const { return data_[i]; }

    private:
        float* data_;
    };
    Buffer a, b, c;
    Memory(int m, int n, int k) : a(static_cast<long>(m) * k), b(static_cast<long>(k) * n), c(static_cast<long>(m) * n) {}
};

template <int M, int N, int K, Order OA, Order OB>
struct Case {
    static constexpr long a_row = OA == plain ? K : 1, a_col = OA == plain ? 1 : M, b_row = OB == plain ? N : 1,
                          b_col = OB == plain ? 1 : K;

    static void blas(Memory& d) {
        constexpr int row_major = 101, as_is = 111, transposed = 112;
        openblas().sgemm(row_major, OA == plain ? as_is : transposed, OB == plain ? as_is : transposed, M, N, K, 1.f, d.a.data(),
                         OA == plain ? K : M, d.b.data(), OB == plain ? N : K, 0.f, d.c.data(), N);
    }
#if __has_include(<eigen3/Eigen/Core>)
    static void eigen(Memory& d) {
        using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        Eigen::Map<Matrix, 16> a(d.a.data(), OA == plain ? M : K, OA == plain ? K : M),
            b(d.b.data(), OB == plain ? K : N, OB == plain ? N : K), c(d.c.data(), M, N);
        if constexpr (OA == plain && OB == plain)
            c.noalias() = a * b;
        else if constexpr (OA == plain)
            c.noalias() = a * b.transpose();
        else
            c.noalias() = a.transpose() * b;
    }
#endif
    static void strata(Memory& d) {
        constexpr GemmPlan plan = gemm_plan(M, N, K, a_row, a_col, b_row, b_col, lanes, false);
        float* const c = d.c.data();
        for (int i = 0; i < gemm_items(plan); ++i)
            gemm_item<float, plan>(i, {M, N, K}, {d.a.data(), a_row, a_col}, {d.b.data(), b_row, b_col},
                                   [c](const float* tile, long ld, int m0, int rows, int n0, int columns) {
                                       for (int r = 0; r < rows; ++r)
                                           copy_lanes<lanes>(c + static_cast<long>(m0 + r) * N + n0, tile + r * ld, columns);
                                   });
    }
};

void run(benchmark::State& state, void (*product)(Memory&), int m, int n, int k, long a_row, long a_col, long b_row, long b_col) {
    Memory d(m, n, k);
    product(d);
    for (int probe = 0; probe < 64; ++probe) {
        const long i = probe * 7919L % m, j = (probe * 104729L + 13) % n;
        double want = 0;
        for (long q = 0; q < k; ++q)
            want += static_cast<double>(d.a[i * a_row + q * a_col]) * static_cast<double>(d.b[q * b_row + j * b_col]);
        if (!(std::abs(want - static_cast<double>(d.c[i * n + j])) < 1e-5 * k)) return state.SkipWithError("wrong result");
    }
    for (auto _ : state) {
        product(d);
        benchmark::ClobberMemory();
    }
    static const double fastest = baseline::peak();
    const double flops = 2.0 * m * n * k;
    state.counters["flops"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["peak"] = benchmark::Counter(flops / fastest, benchmark::Counter::kIsIterationInvariantRate);
}

template <int M, int N, int K, Order OA = plain, Order OB = plain>
void add(const char* what) {
    using C = Case<M, N, K, OA, OB>;
    const std::string name = std::string(what) +
                             (OA == turned   ? " a^T "
                              : OB == turned ? " b^T "
                                             : " ") +
                             std::to_string(M) + 'x' + std::to_string(K) + 'x' + std::to_string(N);
    const auto one = [&](const char* system, void (*product)(Memory&)) {
        benchmark::RegisterBenchmark((name + '/' + system).c_str(),
                                     [product](benchmark::State& s) { run(s, product, M, N, K, C::a_row, C::a_col, C::b_row, C::b_col); });
    };
    if (openblas().sgemm) one("openblas", C::blas);
#if __has_include(<eigen3/Eigen/Core>)
    one("eigen", C::eigen);
#endif
    one("strata", C::strata);
}

/// The three products of a layer: y = x w, dw = x^T dy, dx = dy w^T.
template <int Batch, int In, int Out>
void layer() {
    add<Batch, Out, In>("forward");
    add<In, Out, Batch, turned, plain>("dw");
    add<Batch, In, Out, plain, turned>("dx");
}

[[maybe_unused]] const bool added = [] {
    benchmark::AddCustomContext("OpenBLAS kernel", openblas().kernel);
    layer<32, 784, 256>(), layer<32, 256, 128>(), layer<32, 128, 10>();
    layer<128, 784, 256>(), layer<128, 256, 128>(), layer<128, 128, 10>();
    layer<32, 256, 120>(), layer<32, 120, 84>(), layer<32, 84, 10>();
    add<32, 128, 784>("forward"), add<32, 512, 128>("forward"), add<128, 512, 512>("forward"), add<64, 4096, 1024>("forward");
    add<1, 128, 784>("sample"), add<1, 256, 784>("sample"), add<1, 128, 256>("sample"), add<1, 10, 128>("sample");
    add<1, 784, 256, plain, turned>("sample"), add<1, 256, 128, plain, turned>("sample"), add<1, 128, 10, plain, turned>("sample");
    add<8, 8, 8>("square"), add<16, 16, 16>("square"), add<32, 32, 32>("square"), add<64, 64, 64>("square"), add<128, 128, 128>("square");
    add<256, 256, 256>("square"), add<512, 512, 512>("square"), add<1024, 1024, 1024>("square");
    return true;
}();

}  // namespace
