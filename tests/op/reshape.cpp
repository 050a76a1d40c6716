// SPDX-License-Identifier: BSL-1.0
#include <strata/op/reshape.hpp>

#include <strata/op/add.hpp>
#include <strata/op/relu.hpp>

#include "../support/check.hpp"

namespace strata::test {

using X = Leaf<float, 4, 6>;
static_assert(std::is_same_v<ShapeIn<decltype(reshape<Shape<2, 3, 4>>(X{}))>, Shape<2, 3, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(reshape<Shape<24>>(X{}))>, Shape<24>>);
static_assert(std::is_same_v<ShapeIn<decltype(reshape<Shape<>>(Leaf<float, 1, 1>{}))>, Shape<>>);
static_assert(std::is_same_v<decltype(reshape<Shape<5, 5>>(X{})), Misfit<ReshapeOp<5, 5>, 24, 25, Shape<4, 6>>>);
static_assert(std::is_same_v<ShapeIn<decltype(flatten(Leaf<float, 4, 3, 2, 5>{}))>, Shape<4, 30>>);
static_assert(std::is_same_v<ShapeIn<decltype(flatten(Leaf<float, 4>{}))>, Shape<4, 1>>);
static_assert(std::is_same_v<ShapeIn<decltype(append_axis(X{}))>, Shape<4, 6, 1>>);
static_assert(refused<decltype(flatten(reshape<Shape<5, 5>>(X{})))> && refused<decltype(append_axis(reshape<Shape<5, 5>>(X{})))>);
// A bounded batch stays one.
static_assert(std::is_same_v<ShapeIn<decltype(flatten(Ref<Shape<batch<64>, 3, 2>, float>{}))>, Shape<batch<64>, 6>>);
static_assert(std::is_same_v<ShapeIn<decltype(append_axis(Ref<Shape<batch<64>>, float>{}))>, Shape<batch<64>, 1>>);

template <class T>
void check_order() {
    const auto x = scattered<Tensor<T, 3, 2, 17>>(1);
    const auto flat = computed(reshape<Shape<102>>(x));
    const auto tall = computed(reshape<Shape<17, 6>>(x));
    const auto rows = computed(flatten(x));
    const auto column = computed(append_axis(x));
    for (long i = 0; i < x.size; ++i) {
        CHECK(flat.data()[i] == x.data()[i]);
        CHECK(tall.data()[i] == x.data()[i]);
        CHECK(rows.data()[i] == x.data()[i]);
        CHECK(column.data()[i] == x.data()[i]);
    }
}

TEST_CASE("reshape, flatten, append_axis: row-major order stays") {
    check_order<float>();
    check_order<double>();
    const Tensor<std::int32_t, 2, 3> n{1, 2, 3, 4, 5, 6};
    CHECK(unlike(computed(reshape<Shape<3, 2>>(n)), std::vector<int>{1, 2, 3, 4, 5, 6}, 0) == "");
    const Tensor<bool, 3> m{true, false, true};
    CHECK(unlike(computed(reshape<Shape<3, 1>>(m)), std::vector<int>{1, 0, 1}, 0) == "");
}

TEST_CASE("reshape: between ops whose broadcasting sees the new shape") {
    auto x = scattered<Tensor<double, 6, 4>>(1);
    auto b = scattered<Tensor<double, 3>>(2);
    const auto f = [](const auto& e, const auto& bias) { return relu(reshape<Shape<2, 4, 3>>(e * e) + bias); };
    const auto y = computed(f(x, b));
    for (long i = 0; i < y.size; ++i) CHECK(near(y.data()[i], std::fmax(0, x.data()[i] * x.data()[i] + b(i % 3)), 1e-14));
    check_gradient(f, x, b);
}

TEST_CASE("reshape: gradients of flatten and append_axis") {
    auto x = scattered<Tensor<double, 2, 3, 5>>(1);
    check_gradient([](const auto& e) { return flatten(e * e); }, x);
    check_gradient([](const auto& e) { return append_axis(e * e); }, x);
}

static_assert(std::is_same_v<ShapeIn<decltype(insert_axis<1>(Leaf<float, 4, 5>{}))>, Shape<4, 1, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(insert_axis<-1>(Leaf<float, batch<8>, 5>{}))>, Shape<batch<8>, 5, 1>>);
static_assert(std::is_same_v<ShapeIn<decltype(insert_axis<-3>(Leaf<float, 4, 5>{}))>, Shape<1, 4, 5>>);
static_assert(refused<decltype(insert_axis<3>(Leaf<float, 4, 5>{}))> && refused<decltype(insert_axis<-4>(Leaf<float, 4, 5>{}))>);
static_assert(refused<decltype(insert_axis<0>(Leaf<float, batch<8>, 5>{}))> && refused<decltype(insert_axis<0>(Leaf<float, 1, 2, 3, 4, 5>{}))>);

TEST_CASE("insert_axis: what was a row meets columns; gradients") {
    auto x = scattered<Tensor<double, 4>>(1);
    auto b = scattered<Tensor<double, 3>>(2);
    const auto y = computed(insert_axis<-1>(x) * b);
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 3; ++j) CHECK(y(i, j) == x(i) * b(j));
    check_gradient([](const auto& u, const auto& v) { return insert_axis<1>(u * u) * v; }, x, b);
}

}  // namespace strata::test
