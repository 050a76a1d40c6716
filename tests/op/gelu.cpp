// SPDX-License-Identifier: BSL-1.0
#include <strata/op/gelu.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(gelu(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(gelu_tanh(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(gelu(Leaf<float, 33>{}))>.kernels == 1);
static_assert(plan_of<decltype(gelu_tanh(Leaf<float, 33>{}))>.kernels == 1);

TEST_CASE("gelu: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "gelu.plain", gelu);
    check_golden<Shape<4, 5>>(golden, "gelu_tanh.plain", gelu_tanh);
}

TEST_CASE("gelu: any number of elements") {
    check_sizes(gelu, [](double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }, -5, 5);
    check_sizes(gelu_tanh, [](double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x))); }, -5, 5);
}

TEST_CASE("gelu: special numbers") {
    check_special(gelu, {{nan, nan}, {inf, inf}, {1000, 1000}, {-1000, 0}, {0, 0}});
    check_special(gelu_tanh, {{nan, nan}, {inf, inf}, {1000, 1000}, {-1000, 0}, {0, 0}});
}

}  // namespace strata::test
