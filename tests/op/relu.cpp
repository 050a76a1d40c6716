// SPDX-License-Identifier: BSL-1.0
#include <strata/op/relu.hpp>

#include <strata/op/add.hpp>
#include <strata/op/matmul.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(relu(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(relu(Leaf<double, 4, 5>{}))>, double>);

TEST_CASE("relu: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "relu.plain", relu);
    check_golden<Shape<3>>(golden, "relu.kink", relu, Smooth::no);
}

TEST_CASE("relu: any number of elements") {
    check_sizes(relu, [](double x) { return x > 0 ? x : 0; });
}

TEST_CASE("relu: NaN comes through, infinities are cut") {
    check_special(relu, {{nan, nan}, {inf, inf}, {-inf, 0}, {0, 0}, {-0.0, 0}});
}

TEST_CASE("relu: the gradient by sizes that end amid a vector") {
    auto a = scattered<Tensor<double, 3, 7>>(1);
    check_gradient(relu, a);
    auto b = scattered<Tensor<double, 2, 3, 1, 5>>(2);
    check_gradient(relu, b);
}

using X = Leaf<float, 32, 64>;
using W = Leaf<float, 64, 16>;
using B = Leaf<float, 16>;
static_assert(plan_of<decltype(relu(X{}))>.kernels == 1);
static_assert(plan_of<decltype(relu(matmul(X{}, W{}) + B{}))>.kernels == 1, "a dense layer and its activation are one kernel");

}  // namespace strata::test
