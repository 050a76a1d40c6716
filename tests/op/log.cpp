// SPDX-License-Identifier: BSL-1.0
#include <strata/op/log.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(log(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(log(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(log(log(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("log: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "log.plain", log);
}

TEST_CASE("log: any number of elements") {
    check_sizes(log, [](double x) { return std::log(x); }, 0.01, 9);
}

TEST_CASE("log: special numbers") {
    check_special(log, {{nan, nan}, {inf, inf}, {0, -inf}, {-1, nan}, {1, 0}});
}

}  // namespace strata::test
