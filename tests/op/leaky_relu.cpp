// SPDX-License-Identifier: BSL-1.0
#include <strata/op/leaky_relu.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(leaky_relu(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(plan_of<decltype(leaky_relu(leaky_relu(Leaf<float, 33>{}), 0.2))>.kernels == 1);

constexpr auto at_one_percent = [](const auto& x) { return leaky_relu(x); };
constexpr auto at_a_fifth = [](const auto& x) { return leaky_relu(x, 0.2); };

TEST_CASE("leaky_relu: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "leaky_relu.plain", at_one_percent);
    check_golden<Shape<3>>(golden, "leaky_relu.kink", at_one_percent, Smooth::no);
}

TEST_CASE("leaky_relu: another slope, any number of elements") {
    check_sizes(at_a_fifth, [](double x) { return x > 0 ? x : 0.2 * x; });
    auto x = scattered<Tensor<double, 17>>(1);
    check_gradient(at_a_fifth, x);
}

TEST_CASE("leaky_relu: special numbers") {
    check_special(at_one_percent, {{nan, nan}, {inf, inf}, {-inf, -inf}, {-100, -1}, {0, 0}});
}

}  // namespace strata::test
