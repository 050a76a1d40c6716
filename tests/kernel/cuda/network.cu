// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/network.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

template <class F, int N, class... I>
using Batched = Traced<F, float, N, true, I...>;
template <class T>
constexpr int launches = Program<T>::plan.launches;
/// Steps in launches of a kind.
template <class T>
constexpr int steps_in(LaunchKind kind) {
    const auto& plan = Program<T>::plan;
    int n = 0;
    for (int l = 0; l < plan.launches; ++l)
        if (plan.launch[l].join == kind) n += plan.launch[l].end - plan.launch[l].first;
    return n;
}

struct Bent : Elementwise<1> {
    static constexpr auto name = "bent";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return x > T(0) ? x : x * T(0.25);
    }
};

/// A network with a user's op, a softmax, and its way back; every width is odd.
constexpr auto there_and_back = [](auto x, auto a, auto row, auto b, auto c, auto dy) {
    const auto h = apply<Bent>(matmul(x, a) + row);
    const auto g = tanh(matmul(h, b));
    const auto y = softmax(matmul(g, c));
    const auto dc = y * (dy - sum_keep(dy * y, axis<-1>));
    const auto dg = matmul(dc, transpose<1, 0>(c)) * (1 - g * g);
    const auto dh = select(h > 0, matmul(dg, transpose<1, 0>(b)), 0.25 * matmul(dg, transpose<1, 0>(b)));
    return results(apply<MatmulOp<true, false>>(x, dh), apply<MatmulOp<true, false>>(h, dg), apply<MatmulOp<true, false>>(g, dc), sum_keep(dh, axis<0>), y);
};
template <int Capacity>
using Net = Batched<decltype(there_and_back), Capacity, In<float, -Capacity, 17>, In<float, 17, 33>, In<float, 33>, In<float, 33, 100>, In<float, 100, 5>, In<float, -Capacity, 5>>;

TEST_CASE("a narrow network there and back is two launches: samples through all steps, then the products over the batch side by side") {
    static_assert(launches<Net<37>> == 2 && steps_in<Net<37>>(LaunchKind::beside) == 3 && steps_in<Net<37>>(LaunchKind::samples) > 5);
    check_program<Net<37>>(2e-5, {1, 15, 16, 17, 37});
}

/// Forward alone: all but the result stays in the blocks.
constexpr auto forward = [](auto x, auto a, auto b, auto c) { return results(matmul(apply<Bent>(matmul(apply<Bent>(matmul(x, a) * 0.125), b) * 0.125), c) * 0.125); };
using Forward = Batched<decltype(forward), 50, In<float, -50, 64>, In<float, 64, 64>, In<float, 64, 64>, In<float, 64, 3>>;
TEST_CASE("forward alone is one launch and needs no memory but its results'") {
    static_assert(launches<Forward> == 1 && Program<Forward>::plan.arena == 0 && Program<Forward>::plan.launch[0].block == 2 * 16 * 64 * 4);
    check_program<Forward>(1e-5, {1, 16, 33, 50});
}

/// What does not need each other, of several families and sizes: equal products, split ones, folds, sums over rows, a convolution, a table's rows.
constexpr auto apart = [](auto a, auto b, auto c, auto image, auto w, auto index) {
    return results(matmul(a, b), matmul(b, a), matmul(transpose<1, 0>(c), c), max_keep(c, axis<-1>), sum_keep(c * c, axis<0>), apply<Conv2dOp<Sliding<1, 1>>>(image, w), take<0>(c, index) + 1, matmul(a, a));
};
using Apart = Traced<decltype(apart), float, 1, true, In<float, 33, 33>, In<float, 33, 33>, In<float, 601, 17>, In<float, 2, 3, 7, 7>, In<float, 4, 3, 3, 3>, In<std::int32_t, 5>>;
TEST_CASE("steps that do not need each other stand side by side, whatever their grids and threads") {
    static_assert(steps_in<Apart>(LaunchKind::beside) >= 5 && launches<Apart> <= 3);
    check_program<Apart>(1e-5);
}

/// Folds that read what is one for all rows into the block's memory, of two lengths, sums over rows, and a product.
constexpr auto towers = [](auto x, auto g, auto y, auto h, auto c, auto a, auto b) { return results(softmax(x * g), softmax(y * h), sum_keep(c * c, axis<0>), matmul(a, b)); };
using Towers = Traced<decltype(towers), float, 1, true, In<float, 2, 8000>, In<float, 8000>, In<float, 2, 7996>, In<float, 7996>, In<float, 40, 516>, In<float, 64, 64>, In<float, 64, 64>>;
TEST_CASE("unlike steps side by side have the block's memory one after the other") {
    static_assert(launches<Towers> == 1 && steps_in<Towers>(LaunchKind::beside) == 4);
    check_program<Towers>(1e-5);
}

constexpr auto vectors = [](auto a, auto b) { return results(a * 2, sum_keep(b, axis<-1>)); };
using Vectors = Traced<decltype(vectors), float, 1, true, In<float, 1024>, In<float, 7, 64>>;
TEST_CASE("steps side by side refuse arrays that their own launches would refuse") {
    using P = Program<Vectors>;
    static_assert(launches<Vectors> == 1 && steps_in<Vectors>(LaunchKind::beside) == 2);
    check_program<Vectors>();
    cuda::Memory<float> a(1032), b(512), c(1032), d(16);
    CudaProgram<P> program;
    Bindings bind;
    bind.input[0] = a.data(), bind.input[1] = b.data(), bind.output[0] = c.data(), bind.output[1] = d.data();
    program.run(Run{1, 0, 0, nullptr}, bind);
    program.stream().wait();
    bind.input[0] = a.data() + 1;
    CHECK_THROWS_AS(program.run(Run{1, 0, 0, nullptr}, bind), DeviceError);
}

}  // namespace
}  // namespace strata::test
