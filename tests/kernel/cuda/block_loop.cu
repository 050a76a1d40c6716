// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/block_loop.cuh>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

/// Whether a program is one launch through whose steps blocks take their samples, with at least `loops` plain loops.
template <class T>
constexpr bool through(int loops) {
    const auto& plan = Program<T>::plan;
    int n = 0;
    for (int i = 0; i < plan.groups; ++i) n += plan.group[i].anchor == Kind::map;
    return plan.launches == 1 && plan.launch[0].join == LaunchKind::samples && n >= loops;
}

/// Each loop needs the one before it whole along another axis, so that they are steps of their own.
constexpr auto chain = [](auto x, auto row) {
    const auto a = x - max_keep(x, axis<-1>) * row;       // rows, a thread's share of them kept
    const auto b = a * sum_keep(a, axis<1>);              // folds across, lanes side by side
    const auto c = exp(b * 0.01 - max_keep(b, axes<1, 2>));  // of all of a sample
    return results(c / sum_keep(c, axes<1, 2>), sum_keep(a, axes<0, 1>), sum_keep(b, axes<0, 1>), sum_keep(c, axes<0, 1>));
};
template <int T, int F, int Capacity>
using Chain = Traced<decltype(chain), float, Capacity, true, In<float, -Capacity, T, F>, In<float, F>>;
TEST_CASE("folds along rows, across them and over samples, each from what the last left in the block; sums over the batch") {
    static_assert(through<Chain<3, 5, 37>>(3));
    check_program<Chain<3, 5, 37>>(1e-5, {1, 16, 17, 37});
    check_program<Chain<3, 300, 18>>(1e-5, {2, 18});
}

/// Places of the greatest, rows of a table, random numbers and positions: all by their place in the whole batch.
constexpr auto placed = [](auto x, auto table) {
    const auto best = argmax_keep(x, axis<-1>);
    const auto rows = take<0>(table, reshape<Shape<-33>>(best));
    const auto spread = x * 0.5 + apply<RandomLikeOp>(x);
    return results(rows * 2, sum_keep(spread, axis<-1>), spread - max_keep(spread, axis<-1>));
};
using Placed = Traced<decltype(placed), float, 33, true, In<float, -33, 9>, In<float, 9, 4>>;
TEST_CASE("what goes by a sample's number finds the same in every block") { check_program<Placed>(1e-6, {1, 16, 33}); }

/// A value for each sample alone, and sums of them.
constexpr auto thin = [](auto x, auto w) {
    const auto s = sum_keep(x, axis<-1>);
    const auto y = matmul(x * s, w);
    return results(y * y, sum_keep(y * y, axis<0>), s);
};
using Thin = Traced<decltype(thin), double, 19, true, In<double, -19, 6>, In<double, 6, 1>>;
TEST_CASE("one number a sample") { check_program<Thin>(1e-12, {1, 17, 19}); }

}  // namespace
}  // namespace strata::test
