// SPDX-License-Identifier: BSL-1.0
#include <strata/op/minimum.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(minimum(Leaf<float, 4, 1>{}, Leaf<float, 3, 1, 5>{}))>, Shape<3, 4, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(minimum(Leaf<float, 4, 5>{}, 2))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(minimum(2.0, Leaf<float, 4>{}))>, float>, "numbers take the tensor's type");
static_assert(std::is_same_v<decltype(minimum(Leaf<float, 4, 5>{}, Leaf<float, 4>{})), Misfit<MinimumOp, 5, 4, Shape<4, 5>, Shape<4>>>);
static_assert(plan_of<decltype(minimum(minimum(Leaf<float, 4, 5>{}, Leaf<float, 5>{}), Leaf<float, 4, 1>{}))>.kernels == 1);

TEST_CASE("minimum: golden values and gradients, with broadcasting") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>, Shape<4, 5>>(golden, "minimum.same", minimum);
    check_golden<Shape<4, 5>, Shape<5>>(golden, "minimum.row", minimum);
    check_golden<Shape<4, 1>, Shape<1, 5>>(golden, "minimum.outer", minimum);
}

TEST_CASE("minimum: any number of elements") {
    check_sizes_of_two(minimum, [](double a, double b) { return std::fmin(a, b); }, -2, 2);
}

TEST_CASE("minimum: integers, numbers") {
    const Tensor<int, 3> a{1, 2, -3}, b{5, -2, 4};
    CHECK(unlike(computed(minimum(a, b)), std::vector<int>{1, -2, -3}, 0) == "");
    CHECK(unlike(computed(minimum(a, 1)), std::vector<int>{1, 1, -3}, 0) == "");
}

TEST_CASE("minimum: equal operands share the gradient") {
    const Tensor<double, 3> a{1, 2, 3}, b{1, 3, 2};
    const auto [da, db] = gradient(sum(minimum(a, b)), a, b);
    CHECK(unlike(da, std::vector<double>{0.5, 1, 0}, 0) == "");
    CHECK(unlike(db, std::vector<double>{0.5, 0, 1}, 0) == "");
}

TEST_CASE("minimum: what is not a number comes through from either side, as in PyTorch") {
    check_special([](const auto& x) { return minimum(x, 1); }, {{nan, nan}, {inf, 1}, {-inf, -inf}});
    check_special([](const auto& x) { return minimum(1, x); }, {{nan, nan}, {inf, 1}, {-inf, -inf}});
}

}  // namespace strata::test
