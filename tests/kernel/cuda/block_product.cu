// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/block_product.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

template <class F, class Real, int N, class... I>
using Batched = Traced<F, Real, N, true, I...>;
/// Whether a program is one launch of `steps` steps, through which blocks take their samples.
template <class T>
constexpr bool through(int steps) {
    const auto& plan = Program<T>::plan;
    return plan.launches == 1 && plan.groups == steps && plan.launch[0].join == LaunchKind::samples;
}

/// Two products, the second's operand turned: 17 samples or fewer are two blocks.
constexpr auto two = [](auto x, auto a, auto b) { return results(matmul(matmul(x, a) * 0.5, transpose<1, 0>(b))); };
template <class Real, int K, int N, int L, int Capacity = 17>
using Two = Batched<decltype(two), Real, Capacity, In<Real, -Capacity, K>, In<Real, K, N>, In<Real, L, N>>;
template <class Real, int K, int N, int L>
void check_two() {
    CAPTURE(K);
    CAPTURE(N);
    CAPTURE(L);
    static_assert(through<Two<Real, K, N, L>>(2));
    check_program<Two<Real, K, N, L>>(1e-6, {1, 15, 16, 17});
}
TEST_CASE("narrow products in a block: one column, widths beside those of its tiles, the widest, long sums") {
    check_two<float, 1, 1, 3>();
    check_two<float, 17, 33, 16>();
    check_two<float, 100, 65, 15>();
    check_two<float, 128, 128, 127>();
}
TEST_CASE("the same in double") { check_two<double, 33, 17, 100>(); }
TEST_CASE("what is wider keeps a launch of its own") {
    static_assert(Program<Two<float, 129, 8, 8>>::plan.launches == 2 && Program<Two<float, 8, 129, 8>>::plan.launches == 2);
    check_program<Two<float, 129, 8, 8>>(1e-6, {17});
}

/// Several rows a sample, a left operand computed within, operands of every breadth, sums over rows, a result that others read too.
constexpr auto rich = [](auto x, auto s, auto a, auto row, auto column, auto b) {
    const auto left = maximum(reshape<Shape<-5 * 7, 21>>(x) * s, 0);
    const auto y = matmul(left, a);
    const auto z = maximum(y * row + column, -1);
    return results(matmul(z, b), sum_keep(z, axis<0>), sum_keep(matmul(z, b), axis<0>), z);
};
using Rich = Batched<decltype(rich), float, 5, In<float, -5, 7 * 21>, In<float, 21>, In<float, 21, 35>, In<float, 35>, In<float, -5 * 7, 1>, In<float, 35, 6>>;
TEST_CASE("several rows a sample, code before and after, sums over rows that the last block completes") {
    static_assert(through<Rich>(2) && Program<Rich>::plan.launch[0].samples == 2);
    check_program<Rich>(1e-5, {1, 2, 3, 5});
}

}  // namespace
}  // namespace strata::test
