// SPDX-License-Identifier: BSL-1.0
// Products of 16-bit operands within programs: what comes before and after them, held to sums in double of the very numbers that lie in memory.
#include <strata/kernel/cuda/contract.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/product.cuh"
#include "../../support/steps.hpp"

namespace strata::test {
namespace {

/// Runs the program of F on samples; Tf32: products of f32 operands by tensor cores.
template <class F, int Capacity, bool Tf32, class... I>
struct Asked : Traced<F, float, Capacity, true, I...> {
    static constexpr Policy policy = [] {
        Policy p = PolicyOn<Cuda, float>::value;
        p.multiply = Tf32 ? Multiply::tf32 : Multiply::exact;
        return p;
    }();
};
/// Inputs a (rows x k), b (k x n), and one more of each kind, with what the program makes of them.
template <class P, class A, class B, class C>
struct Ran {
    Sample<A> a;
    Sample<B> b;
    Sample<C> c;
    std::vector<float> out[2];
    Ran(long a_size, long b_size, long c_size, std::initializer_list<long> out_sizes, int count = 1) : a(a_size, 1), b(b_size, 2), c(c_size, 3) {
        Bindings n;
        int k = 0;
        for (const long size : out_sizes) out[k].assign(static_cast<std::size_t>(size), NAN), n.output[k] = out[k].data(), ++k;
        n.input[0] = a.stored.data(), n.input[1] = b.stored.data(), n.input[2] = c.stored.data();
        Runner<Cuda, P> runner;
        for (int i = 0; i < 2; ++i) runner.run(Run{count, 0, 0, nullptr}, n);
    }
    double product(long i, long j, long k, long a_row, long a_column, long b_row, long b_column) const {
        double sum = 0;
        for (long q = 0; q < k; ++q) sum += a.worth[static_cast<std::size_t>(i * a_row + q * a_column)] * b.worth[static_cast<std::size_t>(q * b_row + j * b_column)];
        return sum;
    }
};
double gelu_of(double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }
constexpr double close = 1e-5;

template <class S>
struct FactorsIn;
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA>
struct FactorsIn<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> {
    using type = F;
};
template <class P, int S = 0>
using FactorsOf = typename FactorsIn<typename P::template StepType<S>>::type;

constexpr auto wide = [](auto a, auto b) { return matmul(cast<float>(a), cast<float>(b)); };
}  // namespace

TEST_CASE("bias, GELU and residual after a product of bf16, in one kernel; and the sum over its rows") {
    constexpr auto f = [](auto a, auto b, auto c) {
        const auto y = gelu(wide(a, b) + slice<0, 0, 1>(c)) + c;
        return results(y, sum_keep(y, axis<0>));
    };
    using P = Program<Asked<decltype(f), 1, false, In<bf16, 70, 40>, In<bf16, 40, 100>, In<float, 70, 100>>>;
    static_assert(P::kernels == 1 && FactorsOf<P>::left == DType::bf16 && FactorsOf<P>::right == DType::bf16);
    const Ran<P, bf16, bf16, float> r(70 * 40, 40 * 100, 70 * 100, {70 * 100, 100});
    for (int j = 0; j < 100; ++j) {
        double sum = 0;
        for (int i = 0; i < 70; ++i) {
            const auto e = static_cast<std::size_t>(i * 100 + j);
            const double y = gelu_of(r.product(i, j, 40, 40, 1, 100, 1) + r.c.worth[static_cast<std::size_t>(j)]) + r.c.worth[e];
            sum += y;
            CHECK(std::abs(static_cast<double>(r.out[0][e]) - y) < close);
        }
        CHECK(std::abs(static_cast<double>(r.out[1][static_cast<std::size_t>(j)]) - sum) < 10 * close);
    }
}
TEST_CASE("a long sum in parts, with code after it; both operands seen turned") {
    constexpr auto f = [](auto a, auto b, auto c) { return results(relu(wide(transpose<1, 0>(a), transpose<1, 0>(b)) + c)); };
    using P = Program<Asked<decltype(f), 1, false, In<f16, 1100, 33>, In<f16, 20, 1100>, In<float, 20>>>;
    static_assert(P::kernels == 1 && cuda::KernelFor<typename P::template StepType<0>>::Product::splits > 1);
    const Ran<P, f16, f16, float> r(1100 * 33, 20 * 1100, 20, {33 * 20});
    for (int i = 0; i < 33; ++i)
        for (int j = 0; j < 20; ++j) {
            const double y = r.product(i, j, 1100, 1, 33, 1, 1100) + r.c.worth[static_cast<std::size_t>(j)];
            CHECK(std::abs(static_cast<double>(r.out[0][static_cast<std::size_t>(i * 20 + j)]) - std::fmax(y, 0)) < close * 4);
        }
}
TEST_CASE("operands that begin between the multiples of 16 bytes") {
    constexpr auto f = [](auto a, auto b, auto c) { return results(wide(slice<1, 1>(a), slice<1, 8, 40>(b)) * c); };
    using P = Program<Asked<decltype(f), 1, false, In<bf16, 20, 33>, In<bf16, 32, 48>, In<float, 32>>>;
    static_assert(P::kernels == 1 && FactorsOf<P>::left_aligned == 2 && FactorsOf<P>::right_aligned == 16);
    const Ran<P, bf16, bf16, float> r(20 * 33, 32 * 48, 32, {20 * 32});
    for (int i = 0; i < 20; ++i)
        for (int j = 0; j < 32; ++j) {
            double y = 0;
            for (int q = 0; q < 32; ++q) y += r.a.worth[static_cast<std::size_t>(i * 33 + q + 1)] * r.b.worth[static_cast<std::size_t>(q * 48 + j + 8)];
            CHECK(std::abs(static_cast<double>(r.out[0][static_cast<std::size_t>(i * 32 + j)]) - y * r.c.worth[static_cast<std::size_t>(j)]) < close);
        }
}
TEST_CASE("a left operand computed within a product of f32 as tf32, below the batch's capacity") {
    constexpr auto f = [](auto a, auto b, auto c) { return results(matmul(maximum(a * c, 0), b)); };
    using P = Program<Asked<decltype(f), 40, true, In<float, -40, 48>, In<float, 48, 30>, In<float, 48>>>;
    static_assert(P::kernels == 1 && cuda::KernelFor<typename P::template StepType<0>>::computes_left && FactorsOf<P>::how == Multiply::tf32);
    for (const int count : {1, 17, 40}) {
        const Ran<P, float, float, float> r(40 * 48, 48 * 30, 48, {40 * 30}, count);
        for (int i = 0; i < count; ++i)
            for (int j = 0; j < 30; ++j) {
                double y = 0;
                for (int q = 0; q < 48; ++q) y += std::fmax(r.a.worth[static_cast<std::size_t>(i * 48 + q)] * r.c.worth[static_cast<std::size_t>(q)], 0) * r.b.worth[static_cast<std::size_t>(q * 30 + j)];
                CHECK(std::abs(static_cast<double>(r.out[0][static_cast<std::size_t>(i * 30 + j)]) - y) < 48 * 0.0005);  // 11 bits of each left number
            }
    }
}

}  // namespace strata::test
