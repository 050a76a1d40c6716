// SPDX-License-Identifier: BSL-1.0
#include <strata/op/softplus.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(softplus(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(softplus(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(softplus(softplus(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("softplus: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "softplus.plain", softplus);
    check_golden<Shape<4>>(golden, "softplus.large", softplus, Smooth::no);
}

TEST_CASE("softplus: any number of elements") {
    check_sizes(softplus, [](double x) { return std::log1p(std::exp(x)); }, -6, 6);
}

TEST_CASE("softplus: special numbers") {
    check_special(softplus, {{nan, nan}, {inf, inf}, {-inf, 0}, {1000, 1000}, {-1000, 0}, {0, 0.6931471805599453}});
}

}  // namespace strata::test
