// SPDX-License-Identifier: BSL-1.0
#include <strata/op/subtract.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(subtract(Leaf<float, 4, 1>{}, Leaf<float, 3, 1, 5>{}))>, Shape<3, 4, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(subtract(Leaf<float, 4, 5>{}, 2))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(subtract(2.0, Leaf<float, 4>{}))>, float>, "numbers take the tensor's type");
static_assert(std::is_same_v<decltype(subtract(Leaf<float, 4, 5>{}, Leaf<float, 4>{})), Misfit<SubtractOp, 5, 4, Shape<4, 5>, Shape<4>>>);
static_assert(plan_of<decltype(subtract(subtract(Leaf<float, 4, 5>{}, Leaf<float, 5>{}), Leaf<float, 4, 1>{}))>.kernels == 1);

TEST_CASE("subtract: golden values and gradients, with broadcasting") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>, Shape<4, 5>>(golden, "subtract.same", subtract);
    check_golden<Shape<4, 5>, Shape<5>>(golden, "subtract.row", subtract);
    check_golden<Shape<4, 1>, Shape<1, 5>>(golden, "subtract.outer", subtract);
}

TEST_CASE("subtract: any number of elements") {
    check_sizes_of_two(subtract, [](double a, double b) { return a - b; }, -2, 2);
}

TEST_CASE("subtract: numbers on either side, integers") {
    const auto x = scattered<Tensor<float, 17>>(1);
    const auto left = computed(1.5 - x), right = computed(x - 1.5);
    for (int i = 0; i < 17; ++i) {
        CHECK(left(i) == 1.5f - x(i));
        CHECK(right(i) == x(i) - 1.5f);
    }
    const Tensor<int, 3> a{1, 2, -3}, b{5, 2, 4};
    CHECK(unlike(computed(a - b), std::vector<int>{-4, 0, -7}, 0) == "");
}

TEST_CASE("subtract: from itself it is zero, and so is its gradient") {
    const auto x = scattered<Tensor<double, 5>>(1);
    const auto y = computed(x - x);
    for (double v : y) CHECK(v == 0);
    const auto [dx] = gradient(sum(x - x), x);
    for (double g : dx) CHECK(g == 0);
}

}  // namespace strata::test
