// SPDX-License-Identifier: BSL-1.0
// The derivative of take: rows come together again where they were taken from.
#include <strata/op/take.hpp>

#include <strata/op/add.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/relu.hpp>
#include <strata/op/softmax.hpp>
#include <strata/op/transpose.hpp>

#include "../support/check.hpp"

namespace strata::test {

template <class V, class... D>
void check_case(const char* name) {
    const Golden golden{"ops_gather.txt"};
    CAPTURE(name);
    const std::string of = name;
    const auto in = [&]<class T>(T) {
        const auto t = golden_tensor<Tensor<T, 7, 3>>(golden, of + ".x0");
        const auto i = golden_tensor<V>(golden, of + ".x1");
        const auto dy = golden_tensor<TensorFor<T, ShapeIn<decltype(take(t, i))>>>(golden, of + ".dy");
        CHECK(unlike(computed(take(t, i)), golden.values(of + ".y"), 0) == "");
        CHECK(unlike(std::get<0>(gradient(sum(take(t, i) * dy), t)), golden.values(of + ".dx0"), tolerance<T>) == "");
    };
    in(float{});
    in(double{});
}

TEST_CASE("take: golden values and gradients") {
    check_case<Tensor<std::int32_t, 5>>("take.vector");
    check_case<Tensor<std::int64_t, 5>>("take.vector");
    check_case<Tensor<std::int32_t, 2, 4>>("take.matrix");
}

TEST_CASE("take: gradients against differences") {
    auto t = scattered<Tensor<double, 5, 18>>(1);
    auto c = scattered<Tensor<double, 2, 6, 3>>(2);
    auto w = scattered<Tensor<double, 18, 4>>(3);
    const Tensor<std::int32_t, 6> i{4, 0, 4, 4, 1, 0};
    const Tensor<std::int64_t, 2, 3> j{5, 1, 1, 0, 2, 5};
    const Tensor<std::int32_t> one{3};
    const Tensor<std::int32_t, 2> twice{2, 2};
    check_gradient([&](const auto& e) { return take(e, i); }, t);
    check_gradient([&](const auto& e) { return take(e * e, i) * take(e, i); }, t);
    check_gradient([&](const auto& e) { return relu(take(e, one)); }, t);
    check_gradient([&](const auto& e) { return take<1>(e * e, j); }, c);
    check_gradient([&](const auto& e) { return take<-1>(take<1>(e, j), twice); }, c);
    check_gradient([&](const auto& e) { return take<1>(transpose<1, 0>(e), i) + 1; }, t);
    check_gradient([&](const auto& e) { return take(transpose<1, 0>(e), j); }, t);
    check_gradient([&](const auto& e) { return softmax(mean(take(e, i), axis<0>)); }, t);
    check_gradient([&](const auto& e, const auto& m) { return exp(matmul(take(e, i), m)); }, t, w);
    check_gradient([&](const auto& e, const auto& m) { return matmul(transpose<1, 0>(m), transpose<1, 0>(take(e, i))); }, t, w);
}

TEST_CASE("take: a gradient that is one number for all, and one that is one along a row") {
    const auto t = scattered<Tensor<double, 3, 5>>(1);
    const Tensor<std::int32_t, 4> i{2, 0, 2, 2};
    const Tensor<double, 4> by{1, 10, 100, 1000};
    const auto [all] = gradient(sum(take(t, i)), t);
    const auto [rows] = gradient(sum(sum(take(t, i), axis<1>) * by), t);
    for (int k = 0; k < 5; ++k) {
        CHECK(all(0, k) == 1);
        CHECK(all(1, k) == 0);
        CHECK(all(2, k) == 3);
        CHECK(rows(0, k) == 10);
        CHECK(rows(1, k) == 0);
        CHECK(rows(2, k) == 1101);
    }
}

TEST_CASE("take: what no row has gives none a gradient, not even where it is not a number") {
    const auto t = scattered<Tensor<float, 3, 17>>(1);
    Tensor<float, 5, 17> dy = Tensor<float, 5, 17>::full(2);
    for (int k = 0; k < 17; ++k) dy(1, k) = dy(3, k) = static_cast<float>(nan);
    const Tensor<std::int64_t, 5> i{0, -1, 0, 3, (std::int64_t{1} << 32) + 2};
    const auto [g] = gradient(sum(take(t, i) * dy), t);
    for (int k = 0; k < 17; ++k) {
        CHECK(g(0, k) == 4);
        CHECK(g(1, k) == 0);
        CHECK(g(2, k) == 0);
    }
}

TEST_CASE("take: sums run in the order of the indices") {
    // Any other order of these loses the ones.
    const auto t = scattered<Tensor<float, 2, 3>>(1);
    Tensor<float, 4, 3> dy;
    for (int k = 0; k < 3; ++k) dy(0, k) = 3e8f, dy(1, k) = -3e8f, dy(2, k) = 1, dy(3, k) = 1;
    const Tensor<std::int32_t, 4> i{1, 1, 1, 1};
    const auto [g] = gradient(sum(take(t, i) * dy), t);
    for (int k = 0; k < 3; ++k) CHECK(g(1, k) == 2);
}

// A scatter is a kernel of its own; with what makes dy, two.
static_assert(gradient_kernels<decltype(sum(take(Leaf<float, 9, 20>{}, Leaf<std::int32_t, 6>{}) * Leaf<float, 6, 20>{})), Leaf<float, 9, 20>> <= 2);

}  // namespace strata::test
