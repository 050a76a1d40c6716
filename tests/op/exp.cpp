// SPDX-License-Identifier: BSL-1.0
#include <strata/op/exp.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(exp(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(exp(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(exp(exp(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("exp: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "exp.plain", exp);
}

TEST_CASE("exp: any number of elements") {
    check_sizes(exp, [](double x) { return std::exp(x); }, -6, 6);
}

TEST_CASE("exp: special numbers") {
    check_special(exp, {{nan, nan}, {inf, inf}, {-inf, 0}, {1000, inf}, {-1000, 0}, {0, 1}});
}

}  // namespace strata::test
