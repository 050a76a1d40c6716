// SPDX-License-Identifier: BSL-1.0
#include <strata/op/tanh.hpp>

#include <strata/op/sigmoid.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(tanh(Leaf<float, 4, 5>{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<TypeIn<decltype(tanh(Leaf<double, 3>{}))>, double>);
static_assert(plan_of<decltype(tanh(tanh(Leaf<float, 33>{})))>.kernels == 1);

TEST_CASE("tanh: golden values and gradients") {
    const Golden golden{"ops_map.txt"};
    check_golden<Shape<4, 5>>(golden, "tanh.plain", tanh);
    check_golden<Shape<4>>(golden, "tanh.large", tanh, Smooth::no);
}

TEST_CASE("tanh: any number of elements") {
    check_sizes(tanh, [](double x) { return std::tanh(x); }, -6, 6);
}

TEST_CASE("tanh: special numbers") {
    check_special(tanh, {{nan, nan}, {inf, 1}, {-inf, -1}, {1000, 1}, {-1000, -1}, {0, 0}, {1e-20, 1e-20}});
}

using A = Leaf<float, 32, 100>;
using Product = decltype(tanh(A{}) * sigmoid(A{}));
static_assert(plan_of<Product>.kernels == 1);
static_assert(gradient_kernels<decltype(sum(Product{})), Tensor<float, 32, 100>> <= 2, "backwards it is one pass over memory, or two");

}  // namespace strata::test
