// SPDX-License-Identifier: BSL-1.0
#include <strata/op/broadcast.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(broadcast_like(Leaf<float, 3, 1>{}, Leaf<float, 2, 3, 5>{}))>, Shape<2, 3, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(sum_like(Leaf<float, 2, 3, 5>{}, Leaf<float, 3, 1>{}))>, Shape<1, 3, 1>>, "axes stay");
static_assert(SumLikeOp::mask(Dims{3, {2, 3, 5}}, Dims{2, {3, 1}}) == 0b101u);
static_assert(SumLikeOp::mask(Dims{2, {3, 1}}, Dims{2, {3, 1}}) == 0, "an axis of one element is not folded");

TEST_CASE("broadcast_like: every element where numpy puts it") {
    const auto like = Tensor<float, 2, 3, 17>::full(0);
    const auto column = scattered<Tensor<float, 3, 1>>(1);
    const auto row = scattered<Tensor<float, 17>>(2);
    const auto plane = scattered<Tensor<float, 2, 1, 17>>(3);
    const auto number = scattered<Tensor<float>>(4);
    const auto a = computed(broadcast_like(column, like)), b = computed(broadcast_like(row, like));
    const auto c = computed(broadcast_like(plane, like)), d = computed(broadcast_like(number, like));
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 17; ++k) {
                CHECK(a(i, j, k) == column(j, 0));
                CHECK(b(i, j, k) == row(k));
                CHECK(c(i, j, k) == plane(i, 0, k));
                CHECK(d(i, j, k) == number());
            }
}

TEST_CASE("sum_like: the sum over what was repeated") {
    const auto x = scattered<Tensor<double, 2, 3, 17>>(1);
    const auto y = computed(sum_like(x, Tensor<double, 3, 1>{}));
    for (int j = 0; j < 3; ++j) {
        double wanted = 0;
        for (int i = 0; i < 2; ++i)
            for (int k = 0; k < 17; ++k) wanted += x(i, j, k);
        CHECK(near(y(0, j, 0), wanted, 1e-12));
    }
}

TEST_CASE("broadcast_like and sum_like: each is the other's derivative") {
    auto x = scattered<Tensor<double, 3, 1>>(1);
    auto wide = scattered<Tensor<double, 2, 3, 5>>(2);
    check_gradient([&](const auto& e) { return broadcast_like(e, wide) * wide; }, x);
    check_gradient([&](const auto& e) { return sum_like(e, x) * x; }, wide);
}

static_assert(std::is_same_v<ShapeIn<decltype(broadcast<Shape<3, 4, 5>>(Leaf<float, 4, 1>{}))>, Shape<3, 4, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(broadcast<Shape<batch<8>, 5>>(Leaf<float, 5>{}))>, Shape<batch<8>, 5>>);
static_assert(refused<decltype(broadcast<Shape<4, 5>>(Leaf<float, 3, 5>{}))> && refused<decltype(broadcast<Shape<5>>(Leaf<float, 3, 5>{}))>);
static_assert(std::is_same_v<decltype(broadcast<Shape<1, 5>>(Leaf<float, 3, 5>{})), Misfit<BroadcastOp<1, 5>, 1, 3, Shape<3, 5>>>);
static_assert(std::is_same_v<decltype(broadcast<Shape<3, 5>>(Leaf<float, 1, 3, 5>{})), Misfit<BroadcastOp<3, 5>, 2, 3, Shape<1, 3, 5>>>);

TEST_CASE("broadcast: to a shape; its gradient is the sum over what was repeated") {
    auto x = scattered<Tensor<double, 4, 1>>(1);
    const auto y = computed(broadcast<Shape<3, 4, 5>>(x));
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 4; ++j)
            for (int k = 0; k < 5; ++k) CHECK(y(i, j, k) == x(j, 0));
    check_gradient([](const auto& e) { return broadcast<Shape<3, 4, 5>>(e * e); }, x);
}

}  // namespace strata::test
