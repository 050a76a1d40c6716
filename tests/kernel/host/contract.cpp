// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/contract.hpp>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

constexpr int w = lanes_here<float>, dw = lanes_here<double>;

template <class F, class... I>
using Plain = Traced<F, float, 1, true, I...>;
template <int N, class F, class... I>
using Batched = Traced<F, float, N, true, I...>;

template <class T>
using ProductOf = host::Contract<StepIn<T>>;
template <class T>
constexpr bool one_kernel = Program<T>::kernels == 1;

/// Whether a step is a product whose left operand is computed within it, and whether its result lies transposed.
template <class S>
constexpr bool computes_left = false;
template <class S>
constexpr bool turns = false;
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class... BA>
constexpr bool computes_left<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, Acts<BA...>>> = sizeof...(BA) > 0;
template <class R, class F, int B, int M, int N, int K, int Bd, int U, long AB, long AM, long AK, long BB, long BK, long BN, bool S, class O, class A, class BO, class BA>
constexpr bool turns<ContractStep<R, F, B, M, N, K, Bd, U, AB, AM, AK, BB, BK, BN, S, O, A, BO, BA>> = S;

template <bool TA, bool TB>
constexpr auto product(auto a, auto b) {
    return apply<MatmulOp<TA, TB>>(a, b);
}

// --- the product itself, either operand turned -------------------------------------------------------------------------------
template <bool TA, bool TB>
constexpr auto alone = [](auto a, auto b) { return results(product<TA, TB>(a, b)); };
template <class Real, bool TA, bool TB, int M, int K, int N>
using Alone = Traced<decltype(alone<TA, TB>), Real, 1, true, In<Real, TA ? K : M, TA ? M : K>, In<Real, TB ? N : K, TB ? K : N>>;
template <class Real, int M, int K, int N>
void check_turned() {
    CAPTURE(M);
    CAPTURE(K);
    CAPTURE(N);
    check_program<Alone<Real, false, false, M, K, N>>();
    check_program<Alone<Real, true, false, M, K, N>>();
    check_program<Alone<Real, false, true, M, K, N>>();
    check_program<Alone<Real, true, true, M, K, N>>();
}
TEST_CASE("products, either operand turned: one row, one column, sides beside a vector's width, prime, deep") {
    check_turned<float, 1, w + 1, 7>();
    check_turned<float, 7, 5, w - 1>();
    check_turned<float, 2 * w + 3, 31, w + 1>();
    check_program<Alone<float, false, false, 1, 1, 1>>();
    check_program<Alone<float, false, false, 2 * w + 3, w, 1>>();
    check_program<Alone<float, false, true, 13, 601, w>>();
    check_program<Alone<double, true, false, dw + 1, 7, 2 * dw + 1>>();
}
TEST_CASE("operands seen through other views: every second row, some columns, axes turned twice") {
    constexpr auto views = [](auto a, auto b) { return results(product<false, false>(slice<-2, 1, to_end, 2>(a), transpose<1, 0>(slice<-1, 2>(b)))); };
    check_program<Plain<decltype(views), In<float, 9, w + 1>, In<float, w - 1, w + 3>>>();
}

// --- the code on its result --------------------------------------------------------------------------------------------------
/// Operands of every breadth, a mask, the product itself too, one more result, sums over its rows.
constexpr auto after = [](auto a, auto b, auto row, auto column, auto full, auto mask) {
    const auto y = product<false, false>(a, b);
    const auto z = maximum(y * row + column, -1) - full * 2;
    return results(z, y, select(mask, y, full), sum_keep(z, axis<0>));
};
template <class Real, int M, int K, int N>
using After = Traced<decltype(after), Real, 1, true, In<Real, M, K>, In<Real, K, N>, In<Real, N>, In<Real, M, 1>, In<Real, M, N>, In<bool, N>>;

TEST_CASE("code on the result: operands of every breadth, several results, sums over rows") {
    static_assert(!on_host || (one_kernel<After<float, 7, 5, w + 1>> && ProductOf<After<float, 7, 5, w + 1>>::After::has_columns));
    check_program<After<float, 2, 1, 1>>(1e-6);
    check_program<After<float, 7, 5, w + 1>>(1e-6);
    check_program<After<float, 131, 3, 2 * w - 1>>(1e-6);
    check_program<After<double, 3, 7, dw + 1>>();
}
TEST_CASE("more work than a piece: many rows, many columns, and rows that must stay together for their sum") {
    constexpr auto bias = [](auto a, auto b, auto row) { return results(maximum(product<false, false>(a, b) + row, 0)); };
    using Wide = Plain<decltype(bias), In<float, 67, 97>, In<float, 97, 331>, In<float, 331>>;
    static_assert(!on_host || (one_kernel<Wide> && ProductOf<Wide>::Product::items > 1));
    check_program<Wide>(1e-6);
    using Tall = Plain<decltype(bias), In<float, 1031, 97>, In<float, 97, 31>, In<float, 31>>;
    static_assert(!on_host || (ProductOf<Tall>::Product::items > 1));
    check_program<Tall>(1e-6);
    check_program<After<float, 515, 67, 67>>(1e-5);
}

// --- batches -----------------------------------------------------------------------------------------------------------------
TEST_CASE("many products at once, one operand for all of them or one for each") {
    constexpr auto each = [](auto a, auto b, auto row, auto block) { return results(product<false, true>(a, b) * row + block, product<true, false>(a, a)); };
    check_program<Plain<decltype(each), In<float, 3, 5, w + 1>, In<float, 3, 7, w + 1>, In<float, 7>, In<float, 3, 1, 1>>>();
    constexpr auto shared = [](auto a, auto b) { return results(product<false, false>(a, b)); };
    check_program<Plain<decltype(shared), In<float, 3, 2, w + 1>, In<float, w + 1, w + 2>>>();
    check_program<Batched<3, decltype(each), In<float, -3, 5, w + 1>, In<float, -3, 7, w + 1>, In<float, 7>, In<float, 1, 1, 1>>>(0, {1, 2, 3});
}
TEST_CASE("a batch below its capacity: as rows, as the sum's length, several rows a sample") {
    constexpr auto rows = [](auto x, auto b, auto row, auto s) {
        const auto y = product<false, false>(x, b) + row;
        return results(y * s, sum_keep(y, axis<0>));
    };
    check_program<Batched<2 * w + 3, decltype(rows), In<float, -(2 * w + 3), 7>, In<float, 7, w + 1>, In<float, w + 1>, In<float, -(2 * w + 3), 1>>>(0, {1, w, w + 1, 2 * w + 3});
    constexpr auto depth = [](auto x, auto y, auto like) { return results(product<true, false>(x, y) * 0.5 - like); };
    check_program<Batched<2 * w + 3, decltype(depth), In<float, -(2 * w + 3), 5>, In<float, -(2 * w + 3), w + 1>, In<float, 5, w + 1>>>(0, {1, w, 2 * w + 3});
    constexpr auto parts = [](auto x, auto b) { return results(product<false, false>(reshape<Shape<-15, 7>>(x), b)); };
    check_program<Batched<5, decltype(parts), In<float, -5, 21>, In<float, 7, w + 1>>>(0, {1, 4, 5});
}

/// Nothing to do but store: products go to where they belong without a stop, whatever is counted.
TEST_CASE("a product that is only stored, below its capacity") {
    constexpr auto rows = [](auto x, auto b) { return results(product<false, true>(x, b)); };
    using Rows = Batched<2 * w + 3, decltype(rows), In<float, -(2 * w + 3), 7>, In<float, 5 * w / 2 + 1, 7>>;
    static_assert(!on_host || (ProductOf<Rows>::After::copies && ProductOf<Alone<float, false, false, 7, 5, w>>::After::copies && !ProductOf<After<float, 7, 5, w + 1>>::After::copies));
    check_program<Rows>(0, {1, 2, w, w + 1, 2 * w + 3});
    constexpr auto depth = [](auto x, auto y) { return results(product<true, false>(x, y)); };
    check_program<Batched<2 * w + 3, decltype(depth), In<float, -(2 * w + 3), 5 * w + 1>, In<float, -(2 * w + 3), 5 * w / 2 + 1>>>(0, {1, w, 2 * w + 3});
    check_program<Batched<2 * w + 3, decltype(depth), In<float, -(2 * w + 3), 5 * w>, In<float, -(2 * w + 3), 10>>>(0, {1, w, 2 * w + 3});
    constexpr auto each = [](auto a, auto b) { return results(product<false, false>(a, b)); };
    check_program<Batched<3, decltype(each), In<float, -3, 5, w + 1>, In<float, -3, w + 1, 2 * w + 1>>>(0, {1, 3});
    constexpr auto within = [](auto a, auto b) { return results(product<false, false>(maximum(a * 0.5, 0), b)); };
    using Within = Plain<decltype(within), In<float, 37, 1009>, In<float, 1009, w + 1>>;
    static_assert(!on_host || (computes_left<StepIn<Within>> && ProductOf<Within>::After::copies && ProductOf<Within>::block < 37));
    check_program<Within>(1e-6);
}

// --- a left operand computed within -------------------------------------------------------------------------------------------
constexpr auto before = [](auto a, auto scale, auto column, auto b, auto row) {
    const auto x = maximum(a * scale - column, 0);
    return results(product<false, false>(x, b) + row);
};
constexpr auto before_sum = [](auto a, auto scale, auto column, auto b, auto row) {
    const auto y = product<false, false>(maximum(a * scale - column, 0), b) * row;
    return results(y, sum_keep(y, axis<0>));
};
template <class F, int M, int K, int N>
using Before = Plain<F, In<float, M, K>, In<float, K>, In<float, M, 1>, In<float, K, N>, In<float, N>>;

TEST_CASE("a left operand computed within the product, some rows at a time") {
    static_assert(!on_host || (one_kernel<Before<decltype(before), 7, w + 1, 5>> && computes_left<StepIn<Before<decltype(before), 7, w + 1, 5>>>));
    check_program<Before<decltype(before), 1, 1, 1>>();
    check_program<Before<decltype(before), 7, w + 1, 5>>();
    check_program<Before<decltype(before), 2, w - 1, 2 * w + 1>>();
    using Long = Before<decltype(before), 37, 1009, 3>;
    static_assert(!on_host || (computes_left<StepIn<Long>> && ProductOf<Long>::block < 37));
    check_program<Long>(1e-6);
    using Sum = Before<decltype(before_sum), 263, 1009, w + 1>;  // the sum is of many blocks, which must come in order
    static_assert(!on_host || (one_kernel<Sum> && ProductOf<Sum>::block < 37));
    check_program<Sum>(2e-5);
    check_program<Batched<37, decltype(before_sum), In<float, -37, 1009>, In<float, 1009>, In<float, -37, 1>, In<float, 1009, 3>, In<float, 3>>>(2e-5, {1, 16, 17, 37});
}

// --- results that lie the other way -------------------------------------------------------------------------------------------
/// A product that pooling reads as pictures, batch innermost; with sums over the batch.
constexpr int batch_size = 211;
template <class E>
constexpr auto pooled(const E& y) {
    return max_pool2d<2>(reshape<Shape<-batch_size, 3, 4, 4>>(y));
}
constexpr auto pictures = [](auto x, auto b) { return results(pooled(product<false, false>(x, b))); };
constexpr auto pictures_sum = [](auto x, auto b) {
    const auto y = product<false, false>(x, b);
    return results(pooled(y), sum_keep(y, axis<0>));
};
constexpr auto pictures_before = [](auto x, auto b) { return results(pooled(product<false, false>(maximum(x * 0.5, 0), b))); };
constexpr auto pictures_after = [](auto x, auto b) { return results(pooled(maximum(product<false, true>(x, transpose<1, 0>(b)) * 2, 1))); };
template <class F, int K, bool Innermost = true>
using Pictures = Traced<F, float, batch_size, Innermost, In<float, -batch_size, K>, In<float, K, 48>>;

TEST_CASE("results that lie batch innermost") {
    using Sum = Pictures<decltype(pictures_sum), 601>;
    using Long = Pictures<decltype(pictures_before), 1009>;
    static_assert(!on_host || (turns<StepIn<Sum>> && ProductOf<Sum>::serial && ProductOf<Sum>::Product::items > 1));  // each piece adds to the sums of the one before
    static_assert(!on_host || (turns<StepIn<Long>> && computes_left<StepIn<Long>> && ProductOf<Long>::block < batch_size));
    const auto counts = {1, w, batch_size - 1, batch_size};
    check_program<Pictures<decltype(pictures), 9>>(0, counts);
    check_program<Sum>(0, counts);
    check_program<Long>(1e-6, {w, batch_size});
    check_program<Pictures<decltype(pictures_before), 9>>(0, counts);
    check_program<Pictures<decltype(pictures_after), 9>>(0, counts);
    check_program<Pictures<decltype(pictures_sum), 9, false>>(0, counts);
}

}  // namespace
}  // namespace strata::test
