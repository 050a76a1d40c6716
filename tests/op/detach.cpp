// SPDX-License-Identifier: BSL-1.0
#include <strata/op/detach.hpp>

#include <strata/op/tanh.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(detach(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(plan_of<decltype(detach(Leaf<float, 33>{}) * 2)>.kernels == 1);

TEST_CASE("detach: the same values") {
    check_sizes(detach, [](double x) { return x; });
    check_special(detach, {{nan, nan}, {inf, inf}, {-3, -3}});
}

TEST_CASE("detach: a gradient of zero through it, the usual one beside it") {
    const auto x = scattered<Tensor<double, 7>>(1);
    const auto [none_at_all] = gradient(sum(tanh(detach(x))), x);
    for (double g : none_at_all) CHECK(g == 0);
    const auto [beside] = gradient(sum(detach(x) * x), x);
    for (int i = 0; i < 7; ++i) CHECK(beside(i) == x(i));
}

}  // namespace strata::test
