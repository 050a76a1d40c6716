// SPDX-License-Identifier: BSL-1.0
#include <strata/op/multiply.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(multiply(Leaf<float, 4, 1>{}, Leaf<float, 3, 1, 5>{}))>, Shape<3, 4, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(multiply(Leaf<float, 4, 5>{}, 2))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(multiply(2.0, Leaf<float, 4>{}))>, float>, "numbers take the tensor's type");
static_assert(std::is_same_v<decltype(multiply(Leaf<float, 4, 5>{}, Leaf<float, 4>{})), Misfit<MultiplyOp, 5, 4, Shape<4, 5>, Shape<4>>>);
static_assert(plan_of<decltype(multiply(multiply(Leaf<float, 4, 5>{}, Leaf<float, 5>{}), Leaf<float, 4, 1>{}))>.kernels == 1);

TEST_CASE("multiply: golden values and gradients, with broadcasting") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>, Shape<4, 5>>(golden, "multiply.same", multiply);
    check_golden<Shape<4, 5>, Shape<5>>(golden, "multiply.row", multiply);
    check_golden<Shape<4, 1>, Shape<1, 5>>(golden, "multiply.outer", multiply);
}

TEST_CASE("multiply: any number of elements") {
    check_sizes_of_two(multiply, [](double a, double b) { return a * b; }, -2, 2);
}

TEST_CASE("multiply: numbers on either side, integers") {
    const auto x = scattered<Tensor<float, 17>>(1);
    const auto left = computed(1.5 * x), right = computed(x * 1.5);
    for (int i = 0; i < 17; ++i) {
        CHECK(left(i) == x(i) * 1.5f);
        CHECK(right(i) == left(i));
    }
    const Tensor<int, 3> a{1, 2, -3}, b{5, 0, 400000000};
    CHECK(unlike(computed(a * b), std::vector<int>{5, 0, -1200000000}, 0) == "");
}

TEST_CASE("multiply: by itself the gradient counts both operands; by 0 what is not a number stays") {
    auto x = scattered<Tensor<double, 7>>(1);
    check_gradient([](const auto& e) { return e * e * e; }, x);
    check_special([](const auto& e) { return e * 0; }, {{nan, nan}, {inf, nan}, {3, 0}});
}

}  // namespace strata::test
