// SPDX-License-Identifier: BSL-1.0
#include <strata/op/abs.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(abs(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(abs(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(abs(abs(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("abs: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "abs.plain", abs);
    check_golden<Shape<3>>(golden, "abs.kink", abs, Smooth::no);
}

TEST_CASE("abs: any number of elements") {
    check_sizes(abs, [](double x) { return std::abs(x); }, -2, 2);
}

TEST_CASE("abs: special numbers") {
    check_special(abs, {{nan, nan}, {inf, inf}, {-inf, inf}, {-0.0, 0}, {-1e-30, 1e-30}});
}

TEST_CASE("abs: integers") {
    const Tensor<int, 5> x{-3, 0, 7, -2147483647, 1};
    CHECK(unlike(computed(abs(x)), std::vector<int>{3, 0, 7, 2147483647, 1}, 0) == "");
}

}  // namespace strata::test
