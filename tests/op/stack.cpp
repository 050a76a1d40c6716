// SPDX-License-Identifier: BSL-1.0
#include <strata/op/stack.hpp>

#include <strata/op/add.hpp>

#include "../support/check.hpp"

namespace strata::test {

using A = Leaf<float, 4, 10>;
static_assert(std::is_same_v<ShapeIn<decltype(stack<0>(A{}, A{}, A{}))>, Shape<3, 4, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(stack<-1>(A{}, A{}))>, Shape<4, 10, 2>>);
static_assert(std::is_same_v<ShapeIn<decltype(stack<1>(Leaf<float, batch<4>, 10>{}, Leaf<float, batch<4>, 10>{}))>, Shape<batch<4>, 2, 10>>);
static_assert(plan_of<decltype(stack<1>(A{}, A{}, A{}))>.kernels == 1);
static_assert(refused<decltype(stack<3>(A{}, A{}))> && refused<decltype(stack<0>(A{}, Leaf<float, 4, 9>{}))>);
static_assert(refused<decltype(stack<0>(Leaf<float, batch<4>, 10>{}, Leaf<float, batch<4>, 10>{}))>);

TEST_CASE("stack: in front, between, behind") {
    const auto a = scattered<Tensor<float, 3, 17>>(1), b = scattered<Tensor<float, 3, 17>>(2);
    const auto front = computed(stack<0>(a, b));
    const auto between = computed(stack<1>(a, b));
    const auto behind = computed(stack<-1>(a, b));
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 17; ++j)
            for (int k = 0; k < 2; ++k) {
                const float wanted = k == 0 ? a(i, j) : b(i, j);
                CHECK(front(k, i, j) == wanted);
                CHECK(between(i, k, j) == wanted);
                CHECK(behind(i, j, k) == wanted);
            }
}

TEST_CASE("stack: gradients") {
    auto a = scattered<Tensor<double, 3, 4>>(1), b = scattered<Tensor<double, 3, 4>>(2);
    check_gradient([](const auto& x, const auto& y) { return stack<-1>(x * x, y, x); }, a, b);
    check_gradient([](const auto& x, const auto& y) { return stack<1>(x, y * y) + 1; }, a, b);
}

}  // namespace strata::test
