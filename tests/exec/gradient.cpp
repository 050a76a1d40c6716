// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/gradient.hpp>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../support/check.hpp"

namespace strata::test {

TEST_CASE("by several tensors, in the order asked for, each of its shape") {
    const auto x = scattered<Tensor<double, 4, 3>>(1);
    const auto w = scattered<Tensor<double, 3, 2>>(2);
    const auto b = scattered<Tensor<double, 2>>(3);
    const auto g = gradient(sum(matmul(x, w) + b), b, w);
    static_assert(std::is_same_v<std::remove_const_t<decltype(g)>, std::tuple<Tensor<double, 2>, Tensor<double, 3, 2>>>);
    CHECK(unlike(std::get<0>(g), std::vector<int>{4, 4}, 0) == "");
    for (int k = 0; k < 3; ++k)
        for (int j = 0; j < 2; ++j) CHECK(near(std::get<1>(g)(k, j), x(0, k) + x(1, k) + x(2, k) + x(3, k), 1e-13));
}

TEST_CASE("tensors of one type and shape are told apart by their memory") {
    const Tensor<double, 3> a{1, 2, 3}, b{4, 5, 6}, c{7, 8, 9};
    const auto [db, da] = gradient(sum(a * b * b - c), b, a);
    CHECK(unlike(da, std::vector<int>{16, 25, 36}, 0) == "");
    CHECK(unlike(db, std::vector<int>{8, 20, 36}, 0) == "");
}

TEST_CASE("a tensor that occurs several times has the sum of its derivatives") {
    const Tensor<double, 3> a{1, 2, 3};
    const auto [da] = gradient(sum(a * a * a + a), a);
    CHECK(unlike(da, std::vector<int>{4, 13, 28}, 0) == "");
}

TEST_CASE("a tensor that is there only where nothing flows has zeros") {
    const Tensor<double, 2, 2> a{1, 2, 3, 4};
    const auto [dead] = gradient(sum(select(a > 100, a, 1)), a);
    for (double v : dead) CHECK(v == 0);
    const auto [cut] = gradient(sum(detach(a) * 2), a);
    for (double v : cut) CHECK(v == 0);
    const Tensor<double, 2, 2> b{1, 2, 3, 4};
    const auto [row] = gradient(sum(b * detach(a[1])), a);  // a view of it, and nothing flows
    for (double v : row) CHECK(v == 0);
    const auto [again] = gradient(sum(square(TensorViewOn<Here, const double, 2, 2>(a))), a);  // the same memory under another name
    CHECK(unlike(again, std::vector<int>{2, 4, 6, 8}, 0) == "");
}

TEST_CASE("a tensor whose memory the expression does not read is told by its place and shape") {
    const Tensor<double, 2, 3> a{1, 2, 3, 4, 5, 6}, stranger{1, 1, 1, 1, 1, 1}, made = exp(stranger);
    CHECK_THROWS_WITH_AS(static_cast<void>(gradient(sum(a * 2), a, stranger)), doctest::Contains("does not hold tensor 2 of those that it is differentiated by, of shape [2, 3]"), DataError);
    CHECK_THROWS_WITH_AS(static_cast<void>(gradient(sum(square(made)), stranger)), doctest::Contains("no gradient passes"), DataError);
    CHECK_THROWS_AS(static_cast<void>(gradient(sum(a[0]), a[1])), DataError);
    const auto [da] = gradient(sum(a * 2), a);
    for (double v : da) CHECK(v == 2);
}

TEST_CASE("what flows through a view of the tensor would be lost, and is refused; views apart have gradients of their own") {
    const Tensor<double, 2, 2> x{1, 2, 3, 4};
    const char* said = "reads memory of a tensor that it is differentiated by through a view too; write slice or reshape of the tensor there";
    CHECK_THROWS_WITH_AS(static_cast<void>(gradient(sum(x * x[1]), x)), doctest::Contains(said), DataError);
    CHECK_THROWS_WITH_AS(static_cast<void>(gradient(sum(x) + sum(x[0]), x[0])), doctest::Contains(said), DataError);
    const auto [past] = gradient(sum(x * detach(x[1])) + sum(select(x[0] > 1.5, x, 0)), x);
    CHECK(unlike(past, std::vector<int>{3, 5, 3, 5}, 0) == "");
    const auto [whole] = gradient(sum(x * slice<0, 1>(x)), x);
    CHECK(unlike(whole, std::vector<int>{3, 4, 7, 10}, 0) == "");
    const auto [first, second] = gradient(sum(x[0] * x[1]), x[0], x[1]);
    CHECK(unlike(first, std::vector<int>{3, 4}, 0) == "");
    CHECK(unlike(second, std::vector<int>{1, 2}, 0) == "");
}

TEST_CASE("losses of one element in any shape") {
    const Tensor<double, 2, 2> a{1, 2, 3, 4};
    const auto [flat] = gradient(sum(a * a), a);
    const auto [kept] = gradient(sum_keep(a * a, axes<>), a);
    const auto three = Tensor<double>::full(3);
    const auto [leaf] = gradient(three * 2, three);
    for (int i = 0; i < 4; ++i) CHECK(flat.data()[i] == kept.data()[i]);
    CHECK(leaf() == 2);
    const Tensor<double> s = sum(a);
    const auto [ds] = gradient(s * s, s);
    CHECK(ds() == 20);
}

TEST_CASE("numbers in the expression are those of the call") {
    const Tensor<double, 2> a{1, 2};
    for (double by : {2.0, -3.0}) {
        const auto [da] = gradient(sum(a * a * by), a);
        CHECK(unlike(da, std::vector<double>{2 * by, 4 * by}, 0) == "");
    }
}

TEST_CASE("a network of two layers against central differences") {
    auto x = scattered<Tensor<double, 7, 5>>(1);
    auto w = scattered<Tensor<double, 5, 6>>(2, -0.7, 0.7);
    auto b = scattered<Tensor<double, 6>>(3);
    auto v = scattered<Tensor<double, 6, 3>>(4);
    check_gradient([](const auto& in, const auto& p, const auto& q, const auto& r) { return log_softmax(matmul(tanh(matmul(in, p) + q), r)); }, x, w, b, v);
}

TEST_CASE("layer norm against central differences") {
    auto x = scattered<Tensor<double, 5, 7>>(1);
    auto scale = scattered<Tensor<double, 7>>(2);
    auto shift = scattered<Tensor<double, 7>>(3);
    check_gradient(
        [](const auto& e, const auto& s, const auto& t) { return (e - mean_keep(e, axis<-1>)) * rsqrt(variance_keep(e, axis<-1>) + 1e-5) * s + t; }, x, scale, shift);
}

using X = Leaf<float, 32, 64>;
using XT = Tensor<float, 32, 64>;
static_assert(gradient_kernels<decltype(sum(tanh(X{}))), XT> == 1);
static_assert(gradient_kernels<decltype(sum(tanh(X{}) * sigmoid(Leaf<float, 32, 64>{}))), XT> <= 2);
static_assert(gradient_kernels<decltype(mean(square(X{}))), XT> == 1);

}  // namespace strata::test
