// SPDX-License-Identifier: BSL-1.0
#include <strata/op/maximum.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(maximum(Leaf<float, 4, 1>{}, Leaf<float, 3, 1, 5>{}))>, Shape<3, 4, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(maximum(Leaf<float, 4, 5>{}, 2))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(maximum(2.0, Leaf<float, 4>{}))>, float>, "numbers take the tensor's type");
static_assert(std::is_same_v<decltype(maximum(Leaf<float, 4, 5>{}, Leaf<float, 4>{})), Misfit<MaximumOp, 5, 4, Shape<4, 5>, Shape<4>>>);
static_assert(plan_of<decltype(maximum(maximum(Leaf<float, 4, 5>{}, Leaf<float, 5>{}), Leaf<float, 4, 1>{}))>.kernels == 1);

TEST_CASE("maximum: golden values and gradients, with broadcasting") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>, Shape<4, 5>>(golden, "maximum.same", maximum);
    check_golden<Shape<4, 5>, Shape<5>>(golden, "maximum.row", maximum);
    check_golden<Shape<4, 1>, Shape<1, 5>>(golden, "maximum.outer", maximum);
}

TEST_CASE("maximum: any number of elements") {
    check_sizes_of_two(maximum, [](double a, double b) { return std::fmax(a, b); }, -2, 2);
}

TEST_CASE("maximum: integers, numbers") {
    const Tensor<int, 3> a{1, 2, -3}, b{5, -2, 4};
    CHECK(unlike(computed(maximum(a, b)), std::vector<int>{5, 2, 4}, 0) == "");
    CHECK(unlike(computed(maximum(a, 1)), std::vector<int>{1, 2, 1}, 0) == "");
}

TEST_CASE("maximum: equal operands share the gradient") {
    const Tensor<double, 3> a{1, 2, 3}, b{1, 3, 2};
    const auto [da, db] = gradient(sum(maximum(a, b)), a, b);
    CHECK(unlike(da, std::vector<double>{0.5, 0, 1}, 0) == "");
    CHECK(unlike(db, std::vector<double>{0.5, 1, 0}, 0) == "");
}

TEST_CASE("maximum: what is not a number comes through from either side, as in PyTorch") {
    check_special([](const auto& x) { return maximum(x, 1); }, {{nan, nan}, {inf, inf}, {-inf, 1}});
    check_special([](const auto& x) { return maximum(1, x); }, {{nan, nan}, {inf, inf}, {-inf, 1}});
}

}  // namespace strata::test
