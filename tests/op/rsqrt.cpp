// SPDX-License-Identifier: BSL-1.0
#include <strata/op/rsqrt.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(rsqrt(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(rsqrt(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(rsqrt(rsqrt(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("rsqrt: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "rsqrt.plain", rsqrt);
}

TEST_CASE("rsqrt: any number of elements") {
    check_sizes(rsqrt, [](double x) { return 1 / std::sqrt(x); }, 0.01, 9);
}

TEST_CASE("rsqrt: special numbers") {
    check_special(rsqrt, {{nan, nan}, {inf, 0}, {0, inf}, {-1, nan}, {4, 0.5}});
}

}  // namespace strata::test
