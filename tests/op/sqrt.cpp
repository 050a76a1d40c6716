// SPDX-License-Identifier: BSL-1.0
#include <strata/op/sqrt.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(sqrt(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(sqrt(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(sqrt(sqrt(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("sqrt: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "sqrt.plain", sqrt);
}

TEST_CASE("sqrt: any number of elements") {
    check_sizes(sqrt, [](double x) { return std::sqrt(x); }, 0.01, 9);
}

TEST_CASE("sqrt: special numbers") {
    check_special(sqrt, {{nan, nan}, {inf, inf}, {0, 0}, {-1, nan}, {1e-30, 1e-15}});
}

}  // namespace strata::test
