// SPDX-License-Identifier: BSL-1.0
#include <strata/op/silu.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(silu(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(silu(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(silu(silu(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("silu: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "silu.plain", silu);
    check_golden<Shape<4>>(golden, "silu.large", silu, Smooth::no);
}

TEST_CASE("silu: any number of elements") {
    check_sizes(silu, [](double x) { return x / (1 + std::exp(-x)); }, -6, 6);
}

TEST_CASE("silu: special numbers") {
    check_special(silu, {{nan, nan}, {1000, 1000}, {-1000, 0}, {0, 0}});
}

}  // namespace strata::test
