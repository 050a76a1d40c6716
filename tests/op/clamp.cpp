// SPDX-License-Identifier: BSL-1.0
#include <strata/op/clamp.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(clamp(Leaf<float, 4, 5>{}, -1, 1))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(clamp(Leaf<double, 5>{}, -1, 1))>, double>);
static_assert(refused<decltype(clamp(Leaf<float, 4, 5>{}, Leaf<float, 4>{}, 1.f))>);
static_assert(std::is_same_v<decltype(clamp(Leaf<float, 4, 5>{}, 0)), Refusal<ClampLacksABound>>);
static_assert(plan_of<decltype(clamp(Leaf<float, 33>{}, -1, 1))>.kernels == 1);

constexpr auto cut = [](const auto& x) { return clamp(x, -0.75, 1.25); };

TEST_CASE("clamp: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    REQUIRE(golden.values("clamp.plain.attributes") == std::vector<double>{-0.75, 1.25});
    check_golden<Shape<4, 5>>(golden, "clamp.plain", cut);
    check_golden<Shape<2>>(golden, "clamp.kink", cut, Smooth::no);
}

TEST_CASE("clamp: any number of elements") {
    check_sizes(cut, [](double x) { return x < -0.75 ? -0.75 : x > 1.25 ? 1.25 : x; });
}

TEST_CASE("clamp: special numbers") {
    check_special(cut, {{nan, nan}, {inf, 1.25}, {-inf, -0.75}, {-0.75, -0.75}, {1.25, 1.25}});
}

TEST_CASE("clamp: bounds may be tensors that broadcast, and get gradients") {
    auto x = scattered<Tensor<double, 3, 7>>(1);
    auto low = scattered<Tensor<double, 7>>(2, -1.5, -0.5);
    auto high = scattered<Tensor<double, 3, 1>>(3, 0.5, 1.5);
    const auto y = computed(clamp(x, low, high));
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 7; ++j) CHECK(y(i, j) == std::fmin(std::fmax(x(i, j), low(j)), high(i, 0)));
    check_gradient(clamp, x, low, high);
}

}  // namespace strata::test
