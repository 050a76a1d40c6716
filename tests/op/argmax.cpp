// SPDX-License-Identifier: BSL-1.0
#include <strata/op/argmax.hpp>

#include <strata/op/add.hpp>

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

}  // namespace strata::test
