// SPDX-License-Identifier: BSL-1.0
#include <strata/op/compare.hpp>

#include <strata/op/add.hpp>
#include <strata/op/cast.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<TypeIn<decltype(Leaf<float, 4>{} < Leaf<float, 4>{})>, bool>);
static_assert(std::is_same_v<ShapeIn<decltype(Leaf<int, 4, 1>{} == Leaf<int, 5>{})>, Shape<4, 5>>);
static_assert(std::is_same_v<decltype(Leaf<float, 4>{} >= Leaf<float, 5>{}), Misfit<GreaterEqualOp, 4, 5, Shape<4>, Shape<5>>>);
static_assert(plan_of<decltype((Leaf<float, 33>{} + 1) < Leaf<float, 33>{})>.kernels == 1);

/// All six on two arrays, against the language's own.
template <class T, int N>
void check_all(const Tensor<T, N>& a, const Tensor<T, N>& b) {
    CAPTURE(N);
    const auto less = computed(a < b), less_equal = computed(a <= b), greater = computed(a > b);
    const auto greater_equal = computed(a >= b), equal = computed(a == b), not_equal = computed(a != b);
    for (int i = 0; i < N; ++i) {
        CAPTURE(i);
        CHECK(less(i) == (a(i) < b(i)));
        CHECK(less_equal(i) == (a(i) <= b(i)));
        CHECK(greater(i) == (a(i) > b(i)));
        CHECK(greater_equal(i) == (a(i) >= b(i)));
        CHECK(equal(i) == (a(i) == b(i)));
        CHECK(not_equal(i) == (a(i) != b(i)));
    }
}
template <class T, int N>
void check_pairs(std::initializer_list<double> numbers) {
    Tensor<T, N> a, b;
    const std::vector<double> from(numbers);
    const int n = static_cast<int>(from.size());
    for (int i = 0; i < N; ++i) {
        a(i) = static_cast<T>(from[static_cast<std::size_t>(i % n)]);
        b(i) = static_cast<T>(from[static_cast<std::size_t>(i / n % n)]);
    }
    check_all(a, b);
}

TEST_CASE("comparisons: all pairs of special numbers, any number of elements") {
    check_pairs<float, 49>({nan, inf, -inf, 0.0, -0.0, 1, -3});
    check_pairs<double, 15>({nan, inf, 0, 1});
    check_pairs<int, 33>({-3, 0, 2147483647, 5});
}

TEST_CASE("comparisons: broadcasting, and with numbers on either side") {
    const Tensor<float, 3, 1> a{1, 2, 3};
    const Tensor<float, 5> b{0, 1, 2, 3, 4};
    const auto y = computed(a < b);
    const auto right = computed(b >= 2), left = computed(2 < b);
    for (int j = 0; j < 5; ++j) {
        for (int i = 0; i < 3; ++i) CHECK(y(i, j) == (a(i, 0) < b(j)));
        CHECK(right(j) == (j >= 2));
        CHECK(left(j) == (2 < j));
    }
}

TEST_CASE("comparisons: no gradient flows through them") {
    const auto x = scattered<Tensor<double, 5>>(1);
    const auto [dx] = gradient(sum(x * cast<double>(x < 0.5)), x);
    for (int i = 0; i < 5; ++i) CHECK(dx(i) == (x(i) < 0.5 ? 1 : 0));
}

}  // namespace strata::test
