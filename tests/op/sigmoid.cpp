// SPDX-License-Identifier: BSL-1.0
#include <strata/op/sigmoid.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(sigmoid(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(sigmoid(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(sigmoid(sigmoid(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("sigmoid: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "sigmoid.plain", sigmoid);
    check_golden<Shape<4>>(golden, "sigmoid.large", sigmoid, Smooth::no);
}

TEST_CASE("sigmoid: any number of elements") {
    check_sizes(sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }, -6, 6);
}

TEST_CASE("sigmoid: special numbers") {
    check_special(sigmoid, {{nan, nan}, {inf, 1}, {-inf, 0}, {1000, 1}, {-1000, 0}, {0, 0.5}});
}

}  // namespace strata::test
