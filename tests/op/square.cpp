// SPDX-License-Identifier: BSL-1.0
#include <strata/op/square.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(square(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(square(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(square(square(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("square: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "square.plain", square);
}

TEST_CASE("square: any number of elements") {
    check_sizes(square, [](double x) { return x * x; }, -2, 2);
}

TEST_CASE("square: special numbers") {
    check_special(square, {{nan, nan}, {-inf, inf}, {-3, 9}});
}

TEST_CASE("square: integers") {
    const Tensor<int, 3> x{-3, 0, 7};
    CHECK(unlike(computed(square(x)), std::vector<int>{9, 0, 49}, 0) == "");
}

}  // namespace strata::test
