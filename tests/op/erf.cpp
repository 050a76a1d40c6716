// SPDX-License-Identifier: BSL-1.0
#include <strata/op/erf.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(erf(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(erf(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(erf(erf(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("erf: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "erf.plain", erf);
}

TEST_CASE("erf: any number of elements") {
    check_sizes(erf, [](double x) { return std::erf(x); }, -4, 4);
}

TEST_CASE("erf: special numbers") {
    check_special(erf, {{nan, nan}, {inf, 1}, {-inf, -1}, {1000, 1}, {-1000, -1}, {0, 0}});
}

}  // namespace strata::test
