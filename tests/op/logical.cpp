// SPDX-License-Identifier: BSL-1.0
#include <strata/op/logical.hpp>

#include <strata/op/compare.hpp>

#include "../support/check.hpp"

namespace strata::test {

using M = Leaf<bool, 4>;
static_assert(std::is_same_v<TypeIn<decltype(logical_and(M{}, M{}))>, bool>);
static_assert(std::is_same_v<TypeIn<decltype(logical_not(M{}))>, bool>);
static_assert(std::is_same_v<ShapeIn<decltype(logical_or(Leaf<bool, 3, 1>{}, M{}))>, Shape<3, 4>>);
static_assert(std::is_same_v<decltype(M{} && !M{}), decltype(logical_and(M{}, logical_not(M{})))> && std::is_same_v<decltype(M{} || M{}), decltype(logical_or(M{}, M{}))>);
static_assert(std::is_same_v<decltype(logical_and(M{}, Leaf<bool, 5>{})), Misfit<LogicalAndOp, 4, 5, Shape<4>, Shape<5>>>);

template <int N>
void check_masks() {
    CAPTURE(N);
    Tensor<bool, N> a, b;
    for (int i = 0; i < N; ++i) {
        a(i) = i % 2 == 0;
        b(i) = i % 3 == 0;
    }
    const auto both = computed(logical_and(a, b)), either = computed(logical_or(a, b)), neither = computed(logical_not(logical_or(a, b)));
    for (int i = 0; i < N; ++i) {
        CHECK(both(i) == (a(i) && b(i)));
        CHECK(either(i) == (a(i) || b(i)));
        CHECK(neither(i) == !(a(i) || b(i)));
    }
}

TEST_CASE("logic: truth tables, any number of elements") {
    check_masks<1>();
    check_masks<7>();
    check_masks<16>();
    check_masks<100>();
}

TEST_CASE("logic: on comparisons it stays in one kernel") {
    const auto x = scattered<Tensor<float, 33>>(1);
    static_assert(plan_of<decltype(logical_and(x > -1, logical_not(x > 1)))>.kernels == 1);
    const auto inside = computed(logical_and(x > -1, logical_not(x > 1)));
    const auto outside = computed(logical_or(x < -1, x > 1));
    for (int i = 0; i < 33; ++i) {
        CHECK(inside(i) == (x(i) > -1 && x(i) <= 1));
        CHECK(outside(i) == (x(i) < -1 || x(i) > 1));
    }
}

TEST_CASE("logic: in double") {
    const auto x = scattered<Tensor<double, 15>>(1);
    const auto inside = computed(logical_and(x > -1, x < 1));
    for (int i = 0; i < 15; ++i) CHECK(inside(i) == (x(i) > -1 && x(i) < 1));
}

}  // namespace strata::test
