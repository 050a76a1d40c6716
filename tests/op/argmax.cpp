// SPDX-License-Identifier: BSL-1.0
#include <strata/op/argmax.hpp>

#include <algorithm>
#include <vector>

#include <strata/op/abs.hpp>
#include <strata/op/add.hpp>
#include <strata/op/multiply.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(argmax(Leaf<float, 4, 5>{}))>, Shape<4>>);
static_assert(std::is_same_v<ShapeIn<decltype(argmax(Leaf<float, 2, 3, 4, 5>{}))>, Shape<2, 3, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(argmax(Leaf<float, 5>{}))>, Shape<>>);
static_assert(std::is_same_v<TypeIn<decltype(argmax(Leaf<double, 4, 5>{}))>, std::int32_t>);
static_assert(plan_of<decltype(argmax(Leaf<float, 32, 10>{} + Leaf<float, 10>{}))>.kernels == 1);

template <class T, int Rows, int N>
void check_rows() {
    CAPTURE(N);
    auto x = scattered<Tensor<T, Rows, N>>(N);
    // A row of equal numbers, one whose greatest occurs twice, one that is all below zero.
    for (int j = 0; j < N; ++j) x(0, j) = T(3);
    x(1, N - 1) = x(1, N / 2) = T(9);
    for (int j = 0; j < N; ++j) x(2, j) = T(-1000 - std::abs(j - N / 3));
    const auto y = computed(argmax(x));
    for (int i = 0; i < Rows; ++i) {
        CAPTURE(i);
        int best = 0;
        for (int j = 1; j < N; ++j)
            if (x(i, j) > x(i, best)) best = j;
        CHECK(y(i) == best);
    }
}

TEST_CASE("argmax: the first of the greatest, any length of rows") {
    check_rows<float, 5, 1>();
    check_rows<float, 3, 7>();
    check_rows<float, 4, 16>();
    check_rows<float, 17, 10>();
    check_rows<float, 3, 33>();
    check_rows<double, 5, 3>();
    check_rows<double, 3, 100>();
}

TEST_CASE("argmax: one row, integers, infinities") {
    const Tensor<float, 4> x{-2, 7, 1, 7};
    CHECK(computed(argmax(x))() == 1);
    const Tensor<std::int32_t, 2, 3> n{-5, -4, -4, 9, 2147483647, 0};
    CHECK(unlike(computed(argmax(n)), std::vector<int>{1, 1}, 0) == "");
    const auto lowest = Tensor<float, 1, 17>::full(static_cast<float>(-inf));
    CHECK(computed(argmax(lowest))(0) == 0);
}

TEST_CASE("argmax: the first NaN, where there is one") {
    const auto none = static_cast<float>(nan), most = static_cast<float>(inf);
    CHECK(computed(argmax(Tensor<float, 5>{1, none, 3, none, most}))() == 1);
    CHECK(computed(argmax(Tensor<float, 3>{-most, none, none}))() == 1);
    CHECK(computed(argmax(Tensor<float, 3>{none, most, none}))() == 0);
    auto x = scattered<Tensor<float, 101, 3>>(1);
    x(70, 1) = x(33, 1) = x(99, 2) = none;
    const auto down = computed(argmax(x, axes<0>));
    CHECK((down(1) == 33 && down(2) == 99));
    CHECK(computed(argmax(transpose<1, 0>(x)))(1) == 33);
    CHECK(computed(argmax(x, axes<>))() == 33 * 3 + 1);
}

TEST_CASE("argmax: of masks the first that holds; over an axis of one place, where it is read on") {
    const Tensor<bool, 2, 5> m{false, true, false, true, false, false, false, false, false, true};
    CHECK(unlike(computed(argmax(m)), std::vector<int>{1, 4}, 0) == "");
    const Tensor<float, 3, 1> x{5, -6, 7};
    CHECK(unlike(computed(argmax(x) + 1), std::vector<int>{1, 1, 1}, 0) == "");
    CHECK(unlike(computed(abs(argmax(x))), std::vector<int>{0, 0, 0}, 0) == "");
}

TEST_CASE("argmax: along any axis, of three") {
    static_assert(std::is_same_v<ShapeIn<decltype(argmax(Leaf<float, 2, 3, 5>{}, axis<1>))>, Shape<2, 5>>);
    static_assert(std::is_same_v<ShapeIn<decltype(argmax_keep(Leaf<float, 2, 3, 5>{}, axis<-2>))>, Shape<2, 1, 5>>);
    const auto x = scattered<Tensor<float, 2, 3, 35>>(3, 0, 5);  // the greatest often come twice
    const auto first = computed(argmax(x, axis<0>));
    const auto middle = computed(argmax(x, axis<1>));
    const auto last = computed(argmax(x));
    const auto best_of = [](int n, auto f) {
        int best = 0;
        for (int i = 1; i < n; ++i)
            if (f(i) > f(best)) best = i;
        return best;
    };
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 35; ++k) {
                CHECK(first(j, k) == best_of(2, [&](int a) { return x(a, j, k); }));
                CHECK(middle(i, k) == best_of(3, [&](int a) { return x(i, a, k); }));
                CHECK(last(i, j) == best_of(35, [&](int a) { return x(i, j, a); }));
            }
    // Rows that are long, and lie beside each other.
    auto down = scattered<Tensor<float, 3000, 3>>(5, 0, 100);
    down(2777, 1) = down(2999, 1) = 200;
    CHECK(computed(argmax(down, axis<0>))(1) == 2777);
}

/// The place of the first greatest of x[a, b, c, d] among those with the same kept indices, row-major over the folded ones.
template <class A, int... D>
std::vector<int> places(const Tensor<float, D...>& x, A) {
    constexpr Dims d = Shape<D...>::dims();
    constexpr unsigned mask = A::mask(d.rank);
    std::vector<int> place;
    std::vector<float> best;
    for (long e = 0; e < x.size; ++e) {
        int kept = 0, folded = 0;
        long step = x.size;
        for (int i = 0; i < d.rank; ++i) {
            step /= d.extent[i];
            int& number = mask >> i & 1u ? folded : kept;
            number = number * d.extent[i] + static_cast<int>(e / step) % d.extent[i];
        }
        place.resize(std::max<std::size_t>(place.size(), static_cast<std::size_t>(kept) + 1));
        best.resize(place.size(), static_cast<float>(-inf));
        const auto at = static_cast<std::size_t>(kept);
        if (x.data()[e] > best[at] || (x.data()[e] == best[at] && folded < place[at])) best[at] = x.data()[e], place[at] = folded;
    }
    return place;
}
template <int... D, class... A>
void check_axes(A... over) {
    auto x = scattered<Tensor<float, D...>>(7);
    for (float& v : x) v = std::floor(v * 4);  // the greatest come several times
    const auto check = [&](auto a) {
        const auto wanted = places(x, a);
        CHECK(unlike(computed(argmax(x, a)), wanted, 0) == "");
        CHECK(unlike(computed(argmax_keep(x * 2 + 1, a)), wanted, 0) == "");
    };
    (check(over), ...);
}

TEST_CASE("argmax: over several axes and over all, in row-major order of what is folded") {
    using X = Leaf<float, 2, 3, 4, 5>;
    static_assert(std::is_same_v<ShapeIn<decltype(argmax(X{}, axes<>))>, Shape<>>);
    static_assert(std::is_same_v<ShapeIn<decltype(argmax(X{}, axes<0, 2>))>, Shape<3, 5>>);
    static_assert(std::is_same_v<ShapeIn<decltype(argmax_keep(X{}, axes<-1, 1>))>, Shape<2, 1, 4, 1>>);
    static_assert(std::is_same_v<TypeIn<decltype(argmax(X{}, axes<1, 2>))>, std::int32_t>);
    static_assert(plan_of<decltype(argmax(X{}, axes<2, 3>))>.kernels == 1 && plan_of<decltype(argmax(X{}, axes<>))>.kernels == 1);
    static_assert(refused<decltype(argmax(X{}, axes<0, 4>))> && refused<decltype(argmax(X{}, axes<0, 0>))>);
    static_assert(refused<decltype(argmax(Leaf<float, -8, 3>{}, axes<>))>, "a bounded batch is not joined");
    static_assert(std::is_same_v<ShapeIn<decltype(argmax(Leaf<float, -8, 3, 4>{}, axes<1, 2>))>, Shape<-8>>);
    check_axes<3, 5>(axes<>, axes<0, 1>, axes<1, 0>);
    check_axes<2, 3, 35>(axes<>, axes<0, 1>, axes<1, 2>, axes<0, 2>, axes<2, 0>);
    check_axes<2, 3, 4, 5>(axes<>, axes<0, 1>, axes<1, 2>, axes<-1, -2>, axes<0, 2>, axes<0, 3>, axes<1, 3>, axes<0, 1, 3>, axes<0, 2, 3>);
    check_axes<1, 1>(axes<>);
    const Tensor<std::int32_t, 3, 2> n{1, 7, 7, 0, 3, 7};
    CHECK(computed(argmax(n, axes<>))() == 1);
    CHECK(computed(argmax(Tensor<float>{3}, axes<>))() == 0);
    auto wide = scattered<Tensor<float, 70, 2, 90>>(5, 0, 100);
    wide(69, 1, 3) = wide(68, 1, 4) = 200;
    const auto y = computed(argmax(wide, axes<0, 2>));
    CHECK(y(1) == 68 * 90 + 4);
}

}  // namespace strata::test
