// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/loop.hpp>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

constexpr int w = lanes_here<float>, dw = lanes_here<double>;

/// Programs in float without a batch, in double, and of a batch of up to N.
template <class F, class... I>
using Plain = Traced<F, float, 1, true, I...>;
template <class F, class... I>
using Exact = Traced<F, double, 1, true, I...>;
template <int N, class F, class... I>
using Batched = Traced<F, float, N, true, I...>;

template <class T>
using LoopOf = host::Loop<StepIn<T>>;
template <class T>
constexpr bool one_kernel = Program<T>::kernels == 1;

// --- maps ------------------------------------------------------------------------------------------------------------------
/// Full, row, column, one element.
constexpr auto broadcasts = [](auto a, auto row, auto column, auto one) { return results(a * row - column * one, maximum(a, row)); };
template <int N, int M>
using Broadcasts = Plain<decltype(broadcasts), In<float, N, M>, In<float, M>, In<float, N, 1>, In<float>>;

TEST_CASE("operands of every breadth, rows below, at and above a vector") {
    static_assert(!on_host || (one_kernel<Broadcasts<7, w + 1>> && LoopOf<Broadcasts<7, w + 1>>::operands == 6));
    check_program<Broadcasts<1, 1>>();
    check_program<Broadcasts<13, 1>>();
    check_program<Broadcasts<1, 2 * w + 1>>();
    check_program<Broadcasts<3, w - 1>>();
    check_program<Broadcasts<2, w>>();
    check_program<Broadcasts<7, w + 1>>();
}
TEST_CASE("operands that lie otherwise: transposed, every second, turned axes, with padding around") {
    constexpr auto turned = [](auto a, auto b, auto c) { return results(transpose<1, 0>(a) + slice<-1, 1, to_end, 2>(b), transpose<1, 0>(c)); };
    check_program<Plain<decltype(turned), In<float, w + 3, 5>, In<float, 5, 2 * w + 7>, In<float, w + 3, 5>>>();
    check_program<Plain<decltype(turned), In<float, 1, 3>, In<float, 3, 3>, In<float, 2, 11>>>();
    constexpr auto axes_turned = [](auto a, auto b) { return results(transpose<2, 0, 1>(a) * b, transpose<0, 2, 1>(b)); };
    check_program<Plain<decltype(axes_turned), In<float, 3, 5, w + 1>, In<float, w + 1, 3, 1>>>();
    constexpr auto bordered = [](auto a, auto b, auto row) { return results(pad<-1, 3, 2>(a) + pad<-2, 1, 0>(b) * 2, pad<-2, 2, 1>(pad<-1, w + 1, 1>(row)) - 1); };
    check_program<Plain<decltype(bordered), In<float, 5, w - 2>, In<float, 4, w + 3>, In<float, 2, 3>>>();
    check_program<Plain<decltype(bordered), In<float, 3, 1>, In<float, 2, 6>, In<float, 1, 2 * w>>>();
}
TEST_CASE("element types: float beside integers and masks, double, integers alone") {
    constexpr auto types = [](auto x, auto i, auto m, auto j) {
        return results(select(logical_or(m, x > 0.5), x * 2, -x), i * 3 - j, x < 0, select(m, i, j), cast<typename decltype(x)::Type>(i + index<w + 3>()) + x);
    };
    using Types = Plain<decltype(types), In<float, 3, w + 3>, In<std::int32_t, 3, w + 3>, In<bool, w + 3>, In<std::int32_t, 3, 1>>;
    check_program<Types>();
    check_program<Exact<decltype(types), In<double, 3, w + 3>, In<std::int32_t, 3, w + 3>, In<bool, 3, 1>, In<std::int32_t>>>();
    constexpr auto whole = [](auto i, auto j) { return results(maximum(i, j) + index<7>() * 2, i == j, sum_keep(i, axis<-1>), max_keep(j, axis<-1>) - min_keep(j, axis<-1>)); };
    check_program<Plain<decltype(whole), In<std::int32_t, 3, 7>, In<std::int32_t, 3, 7>>>();
}

// --- folds -----------------------------------------------------------------------------------------------------------------
/// Five folds in three passes over a row, two of them of what the others made.
constexpr auto folds = [](auto a, auto b) {
    const auto top = max_keep(a, axis<-1>);
    const auto low = min_keep(a, axis<-1>);
    const auto all = sum_keep(a * b, axis<-1>);
    const auto rest = a - top;
    return results(rest * 2 + all, argmax_keep(a, axis<-1>), all - low, sum_keep(rest * b, axis<-1>) + b, max_keep(abs(rest - low), axis<-1>));
};
template <int N, int M>
using Folds = Plain<decltype(folds), In<float, N, M>, In<float, M>>;

TEST_CASE("several folds of one row, and of what they make") {
    static_assert(!on_host || (one_kernel<Folds<5, w + 1>> && !LoopOf<Folds<5, w + 1>>::vertical));
    check_program<Folds<1, 1>>();
    check_program<Folds<5, w - 1>>();
    check_program<Folds<3, w>>();
    check_program<Folds<5, w + 1>>();
    check_program<Folds<1, 3 * w + 5>>();
    check_program<Exact<decltype(folds), In<double, 3, 2 * dw + 1>, In<double, 3, 1>>>();
}
/// The same along an axis that lies across the lanes.
constexpr auto downwards = [](auto a, auto b) {
    const auto top = max_keep(a, axis<1>);
    const auto all = sum_keep(a * b, axis<1>);
    return results((a - top) * 2 + all, all - min_keep(a - b, axis<1>), a - b, max_keep(a, axis<1>) * 0.5);
};
TEST_CASE("folds across the lanes") {
    using Down = Plain<decltype(downwards), In<float, 3, 5, w + 1>, In<float, 3, 5, w + 1>>;
    static_assert(!on_host || (LoopOf<Down>::vertical));
    check_program<Down>();
    check_program<Plain<decltype(downwards), In<float, 1, 7, w - 1>, In<float, 7, 1>>>();
    check_program<Plain<decltype(downwards), In<float, 2, 3, w>, In<float, w>>>();
    constexpr auto two_axes = [](auto a) { return results(a - sum_keep(a, axes<1, 3>), max_keep(a, axes<1, 3>), sum_keep(a, axes<0, 2>), min_keep(a, axes<0, 2, 3>)); };
    check_program<Plain<decltype(two_axes), In<float, 2, 3, 5, w + 2>>>();
    check_program<Plain<decltype(two_axes), In<float, 3, 2, w + 1, 1>>>();
    // Rows of four axes, though the fifth is the one whose elements lie side by side.
    constexpr auto four_axes = [](auto a) { return results(sum(transpose<1, 2, 4, 3, 0>(a), axes<0, 1, 3, 4>), max_keep(a * 2, axes<0, 1, 2, 3>)); };
    check_program<Plain<decltype(four_axes), In<float, 3, 5, 2, 2, 4>>>();
}
struct RaisedBody {
    static constexpr auto body(const auto& x) { return minimum(maximum(x, 0.25), 1.5) - max_keep(x, axis<1>) * 0.125; }
};
template <int Times>
constexpr auto raised(const auto& x) {
    if constexpr (Times == 0)
        return x;
    else
        return Composed<RaisedBody>{}(raised<Times - 1>(x));
}
TEST_CASE("folds of what folds have left, again and again: in each pass cheap values are computed anew, which is more than one kernel has room for") {
    constexpr auto deep = [](auto a) { return results(raised<16>(a)); };
    using Deep = Plain<decltype(deep), In<float, 3, w + 1>>;
    static_assert(StepsOf<Program<Deep>, 0>::sizes.instructions < max_instructions / 2);
    check_program<Deep>(1e-5);
}
TEST_CASE("dear values are kept for the next pass, but not of rows that would not fit") {
    constexpr auto soft = [](auto a) { return results(softmax(a), sum_keep(tanh(a), axis<-1>) * tanh(a)); };
    check_program<Plain<decltype(soft), In<float, 3, w + 1>>>(1e-6);
    check_program<Plain<decltype(soft), In<float, 2, 5, w - 1>>>(1e-6);
    check_program<Plain<decltype(soft), In<float, 2, 4099>>>(1e-5);
    constexpr auto two_kept = [](auto a) {
        const auto e = exp(a);
        const auto t = tanh(a);
        const auto s = sum_keep(e * t, axis<-1>);
        return results(e * s - t / s);
    };
    check_program<Plain<decltype(two_kept), In<float, 3, w + 1>>>(1e-6);
    constexpr auto soft_down = [](auto a) { return results(softmax(a, axis<1>)); };
    check_program<Plain<decltype(soft_down), In<float, 3, 5, w + 1>>>(1e-6);
}

// --- column sums -----------------------------------------------------------------------------------------------------------
/// Sums over rows beside a map, beside folds of the rows, and of row values.
constexpr auto columns = [](auto a, auto b) {
    const auto rest = a - sum_keep(a, axis<-1>) * 0.5;
    return results(sum_keep(a * b, axis<0>), rest, sum_keep(rest, axis<0>), sum_keep(a, axes<>));
};
template <int N, int M>
using Columns = Plain<decltype(columns), In<float, N, M>, In<float, M>>;

TEST_CASE("sums over rows, more of them than a chunk of work holds") {
    static_assert(!on_host || (LoopOf<Columns<3, w + 1>>::has_columns));
    check_program<Columns<1, w + 1>>();
    check_program<Columns<3, 1>>();
    check_program<Columns<3, w + 1>>();
    check_program<Columns<1031, w + 5>>();
    constexpr auto alone = [](auto a, auto c) { return results(sum(a * c, axis<0>), sum(a, axes<0, 1>)); };
    check_program<Plain<decltype(alone), In<float, 3, 7, w - 1>, In<float, 7, 1>>>();
}
TEST_CASE("sums over rows in parts: of many rows, of few, of whole numbers, of a batch that leaves parts empty") {
    using Many = Columns<4099, w + 5>;
    static_assert(!on_host || (LoopOf<Many>::items > 4 && LoopOf<Many>::puts_columns_by && LoopOf<Many>::workspace > 0));
    check_program<Many>();
    using Few = Columns<131, 1031>;
    static_assert(!on_host || (LoopOf<Few>::items > 4 && !LoopOf<Few>::puts_columns_by && !LoopOf<Few>::direct));
    check_program<Few>();
    static_assert(!on_host || (LoopOf<Columns<3, w + 1>>::direct && LoopOf<Columns<3, w + 1>>::workspace == 0));
    check_program<Exact<decltype(columns), In<double, 2053, 2 * dw + 3>, In<double, 2 * dw + 3>>>();
    constexpr auto whole = [](auto i, auto j) { return results(i * j, sum_keep(i, axis<0>), sum_keep(j - i, axis<0>)); };
    check_program<Plain<decltype(whole), In<std::int32_t, 4099, 33>, In<std::int32_t, 33>>>();
    constexpr auto samples = [](auto x, auto y) { return results(x * y, sum_keep(x * sum_keep(y, axis<-1>), axis<0>), sum_keep(y, axis<0>)); };
    check_program<Batched<4099, decltype(samples), In<float, -4099, w + 1>, In<float, -4099, w + 1>>>(0, {1, 3, 700, 4099});
}

// --- batches ---------------------------------------------------------------------------------------------------------------
TEST_CASE("a batch below its capacity: along the rows, along the lanes, folded, turned") {
    constexpr auto samples = [](auto x, auto s, auto row) { return results(x * row + s, sum_keep(x, axis<-1>) - s, sum_keep(x * s, axis<0>), max_keep(x, axis<0>), argmax_keep(x, axis<-1>)); };
    check_program<Batched<7, decltype(samples), In<float, -7, w + 1>, In<float, -7, 1>, In<float, w + 1>>>(0, {1, 2, 6, 7});
    check_program<Batched<2 * w + 3, decltype(samples), In<float, -(2 * w + 3), 1>, In<float, -(2 * w + 3), 1>, In<float, 1>>>(0, {1, w - 1, w, w + 1, 2 * w + 3});
    constexpr auto flat = [](auto x, auto one) { return results(x * 2 - one, max_keep(x, axis<0>), sum_keep(x, axis<0>) * one, x > 0); };
    check_program<Batched<2 * w + 3, decltype(flat), In<float, -(2 * w + 3)>, In<float>>>(0, {1, w - 1, w, w + 1, 2 * w + 3});
    // Three rows for each sample.
    constexpr auto parts = [](auto x, auto y) { return results(reshape<Shape<-15, w + 2>>(x) + y, sum_keep(y, axis<0>)); };
    check_program<Batched<5, decltype(parts), In<float, -5, 3 * (w + 2)>, In<float, -15, w + 2>>>(0, {1, 4, 5});
    constexpr auto edges = [](auto x, auto y) { return results(pad<-1, 2, 1>(x) + y, sum_keep(y * pad<-1, 2, 1>(x), axis<0>)); };
    check_program<Batched<5, decltype(edges), In<float, -5, w>, In<float, -5, w + 3>>>(0, {1, 5});
}

// --- rows of tables --------------------------------------------------------------------------------------------------------
TEST_CASE("rows that indices choose, some of which the table has not: NaN, or 0 of whole numbers, and nothing else is read") {
    constexpr auto rows = [](auto table, auto i, auto x, auto whole) {
        const auto t = take(table, i);
        return results(t * 2 - x, max_keep(t, axis<-1>) + x, take(whole, i), take<1>(table, i), sum_keep(t * x, axis<0>));
    };
    check_program<Plain<decltype(rows), In<float, 5, w + 1>, In<std::int32_t, 7>, In<float, 7, 1>, In<std::int32_t, 3, 2>>>();
    check_program<Plain<decltype(rows), In<float, 2, 1>, In<std::int32_t, w + 1>, In<float, w + 1, 1>, In<std::int32_t, 5, 1>>>();
    constexpr auto samples = [](auto table, auto i, auto x) { return results(take(table, i) + x, sum_keep(take(table, i), axis<-1>)); };
    check_program<Batched<7, decltype(samples), In<float, 5, w - 1>, In<std::int32_t, -7>, In<float, -7, w - 1>>>(0, {1, 6, 7});
}

// --- random numbers --------------------------------------------------------------------------------------------------------
TEST_CASE("random numbers depend on the element alone, in every order of walking") {
    constexpr auto noise = [](auto a) { return results(apply<RandomLikeOp>(a), a * apply<RandomLikeOp>(a), max_keep(apply<RandomLikeOp>(a), axis<0>), apply<RandomLikeOp>(max_keep(a, axis<-1>))); };
    check_program<Plain<decltype(noise), In<float, 3, w + 1>>>(1e-6);
    check_program<Plain<decltype(noise), In<float, 5, 2 * w>>>(1e-6);
    check_program<Exact<decltype(noise), In<double, 3, w + 2>>>(1e-6);
    constexpr auto turned = [](auto a, auto b) { return results(transpose<1, 0>(a) * apply<RandomLikeOp>(transpose<1, 0>(a)) + transpose<1, 0>(b)); };
    check_program<Plain<decltype(turned), In<float, 3, w + 1>, In<float, 3, w + 1>>>(1e-6);
}

// --- pieces ----------------------------------------------------------------------------------------------------------------
TEST_CASE("work is cut into pieces, whose borders are nobody's") {
    constexpr auto chain = [](auto a, auto b) { return results(maximum(a * 0.5 - b, minimum(a, b * 0.25)) + abs(a - b) * select(a > b, a, -b), a + b); };
    using Line = Plain<decltype(chain), In<float, 40009>, In<float, 40009>>;
    static_assert(!on_host || (LoopOf<Line>::cuts_lanes && LoopOf<Line>::items > 4));
    check_program<Line>();
    using Rows = Plain<decltype(chain), In<float, 263, 127>, In<float, 127>>;
    static_assert(!on_host || (!LoopOf<Rows>::cuts_lanes && LoopOf<Rows>::items > 4));
    check_program<Rows>();
    check_program<Batched<263, decltype(chain), In<float, -263, 127>, In<float, -263, 127>>>(0, {1, 100, 263});
    check_program<Plain<decltype(folds), In<float, 263, 127>, In<float, 127>>>();
    using Down = Plain<decltype(downwards), In<float, 17, 19, 131>, In<float, 131>>;
    static_assert(!on_host || (LoopOf<Down>::vertical && LoopOf<Down>::items > 4));
    check_program<Down>();
}

}  // namespace
}  // namespace strata::test
