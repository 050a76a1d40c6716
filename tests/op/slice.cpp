// SPDX-License-Identifier: BSL-1.0
#include <strata/op/slice.hpp>

#include <strata/op/add.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/sigmoid.hpp>
#include <strata/op/softmax.hpp>
#include <strata/op/transpose.hpp>

#include "../support/check.hpp"

namespace strata::test {

using X = Leaf<float, 4, 10>;
static_assert(std::is_same_v<ShapeIn<decltype(slice<1, 2>(X{}))>, Shape<4, 8>>);
static_assert(std::is_same_v<ShapeIn<decltype(slice<0, -3>(X{}))>, Shape<3, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(slice<-1, -7, -2>(X{}))>, Shape<4, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(slice<1, 1, to_end, 3>(X{}))>, Shape<4, 3>>);
static_assert(std::is_same_v<ShapeIn<decltype(slice<1, 0, 10, 3>(X{}))>, Shape<4, 4>>);
static_assert(std::is_same_v<TypeIn<decltype(slice<0, 1>(Leaf<bool, 4>{}))>, bool>);
static_assert(std::is_same_v<ShapeIn<decltype(slice<1, 0, 2>(Leaf<float, batch<8>, 5>{}))>, Shape<batch<8>, 2>>);
// A view: nothing but what reads it is a kernel.
static_assert(plan_of<decltype(slice<1, 2>(X{}) * 2)>.kernels == 1);
static_assert(plan_of<decltype(softmax(slice<1, 2, 7>(X{})))>.kernels == 1);
static_assert(plan_of<decltype(matmul(slice<1, 2, 7>(X{}), Leaf<float, 5, 3>{}))>.kernels == 1);
// Mistakes.
static_assert(std::is_same_v<decltype(slice<1, 10>(X{})), Misfit<SliceOp<1, 10, to_end, 1>, 9, 10, Shape<4, 10>>>);
static_assert(std::is_same_v<decltype(slice<0, 0, 5>(X{})), Misfit<SliceOp<0, 0, 5, 1>, 4, 5, Shape<4, 10>>>);
static_assert(refused<decltype(slice<0, -5>(X{}))> && refused<decltype(slice<1, 0, -11>(X{}))> && refused<decltype(slice<1, 4, 4>(X{}))>);
static_assert(std::is_same_v<decltype(slice<2, 0>(X{})), Misfit<SliceOp<2, 0, to_end, 1>, 3, 2, Shape<4, 10>>>);
static_assert(refused<decltype(slice<-3, 0>(X{}))> && refused<decltype(slice<0, 1>(Leaf<float, batch<8>, 5>{}))>);

template <int Axis, int Begin, int End, int Step, class T, int M, int N>
void check_slice() {
    CAPTURE(Axis);
    CAPTURE(Begin);
    CAPTURE(End);
    CAPTURE(Step);
    const auto x = scattered<Tensor<T, M, N>>(1);
    const auto y = computed(slice<Axis, Begin, End, Step>(x));
    const int n = Axis == 0 || Axis == -2 ? M : N, begin = Begin < 0 ? Begin + n : Begin, end = End == to_end ? n : End < 0 ? End + n : End;
    std::vector<T> wanted;
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) {
            const int at = n == M && (Axis == 0 || Axis == -2) ? i : j;
            if (at >= begin && at < end && (at - begin) % Step == 0) wanted.push_back(x(i, j));
        }
    CHECK(unlike(y, wanted, 0) == "");
}

TEST_CASE("slice: rows and columns as in Python") {
    check_slice<0, 0, to_end, 1, float, 5, 7>();
    check_slice<0, 2, 3, 1, float, 5, 33>();
    check_slice<0, -2, to_end, 1, double, 5, 7>();
    check_slice<1, 3, -3, 1, float, 3, 40>();
    check_slice<-1, -17, to_end, 1, float, 3, 40>();
    check_slice<-2, 1, -1, 1, float, 6, 16>();
    check_slice<1, -1, to_end, 1, double, 6, 16>();
}

TEST_CASE("slice: steps") {
    check_slice<0, 0, to_end, 2, float, 5, 7>();
    check_slice<0, 1, 5, 3, float, 6, 17>();
    check_slice<1, 0, to_end, 2, float, 3, 33>();
    check_slice<1, -10, -1, 4, double, 3, 33>();
    check_slice<1, 2, to_end, 100, float, 3, 33>();
}

TEST_CASE("slice: of slices, of what is computed, of integers and masks, of positions") {
    const auto x = scattered<Tensor<float, 6, 20>>(1);
    const auto y = computed(slice<1, 1, to_end, 2>(slice<0, 1, -1>(exp(x) + 1)));
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 9; ++j) CHECK(y(i, j) == doctest::Approx(std::exp(x(i + 1, 2 * j + 1)) + 1));
    Tensor<std::int32_t, 3, 20> n;
    for (int i = 0; i < 60; ++i) n.data()[i] = i * 7 - 100;
    const auto m = computed(slice<1, 3, 18>(n));
    const auto b = computed(slice<1, 3, 18>(n > 20));
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 15; ++j) {
            CHECK(m(i, j) == n(i, j + 3));
            CHECK(b(i, j) == (n(i, j + 3) > 20));
        }
    const auto p = computed(slice<0, 5>(index<30>()));
    for (int i = 0; i < 25; ++i) CHECK(p(i) == i + 5);
}

TEST_CASE("slice: halves of one product, as a gate") {
    const auto x = scattered<Tensor<double, 4, 6>>(1);
    const auto w = scattered<Tensor<double, 6, 10>>(2);
    const auto both = matmul(x, w);
    const auto y = computed(slice<1, 0, 5>(both) * sigmoid(slice<1, 5>(both)));
    const auto z = computed(both);
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 5; ++j) CHECK(y(i, j) == doctest::Approx(z(i, j) / (1 + std::exp(-z(i, j + 5)))));
}

TEST_CASE("slice: gradients") {
    auto x = scattered<Tensor<double, 4, 11>>(1);
    auto c = scattered<Tensor<double, 3, 5, 6>>(2);
    check_gradient([](const auto& e) { return slice<1, -4, -1>(e * e); }, x);
    check_gradient([](const auto& e) { return slice<0, 1, 3>(e); }, x);
    check_gradient([](const auto& e) { return slice<1, 0, 4>(e) * slice<1, 4, 8>(e) + slice<1, 1, 5>(e); }, x);
    check_gradient([](const auto& e) { return softmax(slice<1, 2, 9>(e)); }, x);
    check_gradient([](const auto& e) { return slice<1, 1, 4>(e * e) + slice<2, 0, 1>(slice<1, 0, 3>(e)); }, c);
    check_gradient([](const auto& e) { return slice<1, 0, 2>(transpose<1, 0>(e * e)); }, x);
    check_gradient([](const auto& e) { return sum(slice<1, 1, 4>(e), axis<2>); }, c);
}

TEST_CASE("slice: gradients of steps, with the end of the axis before and after the last block") {
    auto x = scattered<Tensor<double, 4, 11>>(1);
    auto c = scattered<Tensor<double, 2, 2, 3, 2, 6>>(2);
    check_gradient([](const auto& e) { return slice<1, 0, to_end, 2>(e * e); }, x);
    check_gradient([](const auto& e) { return slice<1, 0, 8, 3>(e * e); }, x);
    check_gradient([](const auto& e) { return slice<1, -9, to_end, 4>(e * e); }, x);
    check_gradient([](const auto& e) { return slice<0, 1, to_end, 3>(e * e); }, x);
    check_gradient([](const auto& e) { return slice<1, 0, 10, 2>(e) * slice<1, 1, to_end, 2>(e); }, x);
    check_gradient([](const auto& e) { return slice<2, 0, to_end, 2>(slice<-1, 1, to_end, 5>(e * e)); }, c);
}

TEST_CASE("slice: operands of products") {
    auto x = scattered<Tensor<double, 2, 5, 6>>(1);
    auto w = scattered<Tensor<double, 2, 6, 9>>(2);
    check_gradient([](const auto& a, const auto& b) { return matmul(slice<1, 1, 4>(a), slice<2, 0, to_end, 2>(b)); }, x, w);
    check_gradient([](const auto& a, const auto& b) { return matmul_transposed(slice<2, 1, 4>(a), transpose<0, 2, 1>(slice<1, -3>(b))); }, x, w);
}

}  // namespace strata::test
