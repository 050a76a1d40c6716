// SPDX-License-Identifier: BSL-1.0
/// Convolution, its two gradients and pooling on one thread, batch 32 (and 1): plain loops first, then oneDNN where it is linked
/// (-DSTRATA_BENCHMARK_DNNL -ldnnl, OMP_NUM_THREADS=1; in the layout that is quickest, reorders not timed), then ours.
/// flops: operations per second, the border counted as if it were inside. peak: the share of this core's multiply-add peak. Results are checked first.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "convolution_cases.hpp"
#include "peak.hpp"

namespace {

using namespace baseline::sliding;

void count(benchmark::State& state, double flops) {
    static const double fastest = baseline::peak();
    state.counters["flops"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["peak"] = benchmark::Counter(flops / fastest, benchmark::Counter::kIsIterationInvariantRate);
}

template <class C, int Batch, Pass pass> void add(const std::string& what) {
    constexpr double flops = static_cast<double>(C::flops) * Batch;
    const auto one = [&](const char* system, void (*f)(Memory<C, Batch>&)) {
        benchmark::RegisterBenchmark((what + '/' + system).c_str(), [f](benchmark::State& state) {
            if (f == ours<C, Batch, pass> && !right<C, Batch, pass>()) return state.SkipWithError("wrong result");
            Memory<C, Batch> m;
            for (auto _ : state) {
                f(m);
                benchmark::ClobberMemory();
            }
            count(state, flops);
        })->Unit(benchmark::kMicrosecond);
    };
    one("plain", plain<C, Batch, pass>);
#ifdef STRATA_BENCHMARK_DNNL
    benchmark::RegisterBenchmark((what + "/onednn").c_str(), [](benchmark::State& state) {
        const auto call = onednn<C, Batch, pass>();
        for (auto _ : state) call();
        count(state, flops);
    })->Unit(benchmark::kMicrosecond);
#endif
    one("strata", ours<C, Batch, pass>);
}
template <class W, int Batch> void pool(const std::string& what) {
    constexpr int in = W::channels * W::height * W::width * Batch, out = W::channels * W::out_height * W::out_width * Batch;
    const auto one = [&](const char* name, auto run) {
        benchmark::RegisterBenchmark((what + name).c_str(), [run](benchmark::State& state) {
            Buffer x(in), y(out), dy(out), dx(in);
            for (auto _ : state) {
                run(x.data(), y.data(), dy.data(), dx.data());
                benchmark::ClobberMemory();
            }
            state.SetBytesProcessed(state.iterations() * 4 * (in + out));
        })->Unit(benchmark::kMicrosecond);
    };
    one(" max/plain", [](const float* x, float* y, const float*, float*) {
        for (int o = 0; o < out / Batch; ++o)
            for (int b = 0; b < Batch; ++b) {
                float most = -INFINITY;
                const int c = o / (W::out_height * W::out_width), oy = o / W::out_width % W::out_height, ox = o % W::out_width;
                for (int ky = 0; ky < W::kernel_y; ++ky)
                    for (int kx = 0; kx < W::kernel_x; ++kx)
                        most = std::max(most, x[((c * W::height + oy * W::stride_y + ky) * W::width + ox * W::stride_x + kx) * Batch + b]);
                y[o * Batch + b] = most;
            }
    });
    one(" max/strata", [](const float* x, float* y, const float*, float*) {
        using Kernel = MaxForward<float, W, Batch>;
        for (int i = 0; i < Kernel::items; ++i)
            Kernel::run_item(i, Batch, x, [=](const float* run, int row, long column, int n) { store(y + static_cast<long>(row) * (out / W::channels) + column, run, n); });
    });
    one(" max gradient/strata", [](const float* x, float* y, const float* dy, float* dx) {
        using Kernel = MaxGradient<float, W, Batch>;
        for (int i = 0; i < Kernel::items; ++i)
            Kernel::run_item(i, Batch, x, y, dy, [=](const float* run, int row, long column, int n) { store(dx + static_cast<long>(row) * (in / W::channels) + column, run, n); });
    });
}

[[maybe_unused]] const bool added = [] {
    const auto one = []<class C, int Batch, Pass pass>(Case<C, Batch, pass>, const std::string& name) { add<C, Batch, pass>(Batch == 1 ? "one sample " + name : name); };
    each_case<32>(one), each_case<1>(one);
    pool<Window<6, 24, 24, 2, 2>, 32>("pool 24x24x6");
    return true;
}();

} // namespace
