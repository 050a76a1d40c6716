// SPDX-License-Identifier: BSL-1.0
#include <strata/op/transpose.hpp>

#include <strata/op/add.hpp>
#include <strata/op/matmul.hpp>

#include "../support/check.hpp"

namespace strata::test {

static_assert(std::is_same_v<ShapeIn<decltype(transpose<1, 0>(Leaf<float, 4, 5>{}))>, Shape<5, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(transpose<2, 0, 1>(Leaf<float, 3, 4, 5>{}))>, Shape<5, 3, 4>>);
static_assert(std::is_same_v<decltype(transpose<-1, 0, -2>(Leaf<float, 3, 4, 5>{})), decltype(transpose<2, 0, 1>(Leaf<float, 3, 4, 5>{}))>);
static_assert(std::is_same_v<decltype(transpose<-1, 0>(Leaf<float, 4, 5>{})), decltype(transpose<1, 0>(Leaf<float, 4, 5>{}))>);
static_assert(std::is_same_v<decltype(transpose(Leaf<float, 3, 4, 5>{})), decltype(transpose<2, 1, 0>(Leaf<float, 3, 4, 5>{}))>, "all axes, reversed");
static_assert(std::is_same_v<decltype(transpose(Leaf<float, 4, 5>{} + 1)), decltype(transpose<1, 0>(Leaf<float, 4, 5>{} + 1))>);
static_assert(std::is_same_v<ShapeIn<decltype(transpose(Leaf<float, 7>{}))>, Shape<7>> && std::is_same_v<ShapeIn<decltype(transpose(Leaf<float>{}))>, Shape<>>);
static_assert(std::is_same_v<decltype(transpose(transpose<1, 0>(Leaf<float, 3, 4, 5>{}))), decltype(transpose<1, 0>(Leaf<float, 3, 4, 5>{}))>, "what is wrong within stays what is said");
static_assert(refused<decltype(transpose<-1, 1>(Leaf<float, 4, 5>{}))> && refused<decltype(transpose<-3, 0>(Leaf<float, 4, 5>{}))>);
static_assert(std::is_same_v<decltype(transpose<1, 0>(Leaf<float, 3, 4, 5>{})), Misfit<TransposeOp<1, 0>, 2, 3, Shape<3, 4, 5>>>);

template <class T, int M, int N>
void check_matrix() {
    CAPTURE(M);
    CAPTURE(N);
    const auto x = scattered<Tensor<T, M, N>>(1);
    const auto y = computed(transpose<1, 0>(x));
    for (int i = 0; i < M; ++i)
        for (int j = 0; j < N; ++j) CHECK(y(j, i) == x(i, j));
}

TEST_CASE("transpose: matrices of any extents") {
    check_matrix<float, 1, 7>();
    check_matrix<float, 17, 3>();
    check_matrix<float, 16, 33>();
    check_matrix<double, 15, 100>();
}

TEST_CASE("transpose: without axes all are reversed, and the gradient is reversed too") {
    const auto x = scattered<Tensor<float, 3, 5, 17>>(1);
    const auto y = computed(transpose(x));
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 5; ++j)
            for (int k = 0; k < 17; ++k) CHECK(y(k, j, i) == x(i, j, k));
    const Tensor<float, 2, 3> a{{1, 2, 3}, {4, 5, 6}};
    const Tensor<float, 2, 2> product = matmul(a, transpose(a));
    CHECK(unlike(product, std::vector<double>{14, 32, 32, 77}, 0) == "");
    const auto [da] = gradient(sum(transpose(a) * Tensor<float, 3, 2>{{1, 2}, {3, 4}, {5, 6}}), a);
    CHECK(unlike(da, std::vector<double>{1, 3, 5, 2, 4, 6}, 0) == "");
    const Tensor<float> one = transpose(Tensor<float>{7.f});
    CHECK(one() == 7);
}

TEST_CASE("transpose: every order of three axes") {
    const auto x = scattered<Tensor<float, 3, 5, 17>>(1);
    const auto a = computed(transpose<0, 2, 1>(x));
    const auto b = computed(transpose<1, 0, 2>(x));
    const auto c = computed(transpose<1, 2, 0>(x));
    const auto d = computed(transpose<2, 0, 1>(x));
    const auto e = computed(transpose<2, 1, 0>(x));
    const auto same = computed(transpose<0, 1, 2>(x));
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 5; ++j)
            for (int k = 0; k < 17; ++k) {
                CHECK(a(i, k, j) == x(i, j, k));
                CHECK(b(j, i, k) == x(i, j, k));
                CHECK(c(j, k, i) == x(i, j, k));
                CHECK(d(k, i, j) == x(i, j, k));
                CHECK(e(k, j, i) == x(i, j, k));
                CHECK(same(i, j, k) == x(i, j, k));
            }
}

TEST_CASE("transpose: four axes; integers; twice it is undone") {
    Tensor<std::int32_t, 2, 3, 4, 5> x;
    int n = 0;
    for (auto& v : x) v = n++;
    const auto y = computed(transpose<3, 1, 0, 2>(x));
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 4; ++k)
                for (int l = 0; l < 5; ++l) CHECK(y(l, j, i, k) == x(i, j, k, l));
    const auto back = computed(transpose<2, 1, 3, 0>(transpose<3, 1, 0, 2>(x)));
    for (long i = 0; i < x.size; ++i) CHECK(back.data()[i] == x.data()[i]);
}

TEST_CASE("transpose: gradients, amid maps and folds") {
    auto x = scattered<Tensor<double, 3, 7>>(1);
    auto b = scattered<Tensor<double, 3>>(2);
    check_gradient([](const auto& e, const auto& bias) { return transpose<1, 0>(e * e) * bias; }, x, b);
    auto y = scattered<Tensor<double, 2, 3, 5>>(3);
    check_gradient([](const auto& e) { return transpose<2, 0, 1>(e * e); }, y);
    check_gradient([](const auto& e) { return sum(transpose<1, 2, 0>(e) * 3 + 1, axis<1>); }, y);
}

}  // namespace strata::test
