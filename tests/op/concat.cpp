// SPDX-License-Identifier: BSL-1.0
#include <strata/op/concat.hpp>

#include <strata/op/add.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/slice.hpp>
#include <strata/op/softmax.hpp>
#include <strata/op/transpose.hpp>

#include "../support/check.hpp"

namespace strata::test {

using A = Leaf<float, 4, 10>;
using B = Leaf<float, 4, 3>;
static_assert(std::is_same_v<ShapeIn<decltype(concat<1>(A{}, B{}, A{}))>, Shape<4, 23>>);
static_assert(std::is_same_v<ShapeIn<decltype(concat<-2>(A{}, A{}))>, Shape<8, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(concat<0>(A{}))>, Shape<4, 10>>);
static_assert(std::is_same_v<ShapeIn<decltype(concat<1>(Leaf<float, 1, 1, 8>{}, Leaf<float, batch<4>, 9, 8>{}))>, Shape<batch<4>, 10, 8>>);
static_assert(std::is_same_v<TypeIn<decltype(concat<0>(Leaf<bool, 4>{}, Leaf<bool, 2>{}))>, bool>);
static_assert(plan_of<decltype(concat<1>(A{}, B{}, A{}))>.kernels == 1);
static_assert(plan_of<decltype(softmax(concat<1>(A{}, B{} * 2, A{}) + 1))>.kernels <= 2);
// Mistakes.
static_assert(std::is_same_v<decltype(concat<0>(A{}, B{})), Misfit<Concat<0>, 10, 3, Shape<4, 10>, Shape<4, 3>>>);
static_assert(std::is_same_v<decltype(concat<0>(A{}, Leaf<float, 4>{})), Misfit<Concat<0>, 2, 1, Shape<4, 10>, Shape<4>>>);
static_assert(std::is_same_v<decltype(concat<2>(A{}, A{})), Misfit<Concat<2>, 3, 2, Shape<4, 10>>>);
static_assert(refused<decltype(concat<0>(A{}, Leaf<double, 2, 10>{}))>);
static_assert(refused<decltype(concat<0>(Leaf<float, batch<4>, 8>{}, Leaf<float, 2, 8>{}))>);

/// Parts of N, M and 1 columns or rows.
template <class T, int N, int M>
void check_parts() {
    CAPTURE(N);
    CAPTURE(M);
    const auto a = scattered<Tensor<T, 3, N>>(1);
    const auto b = scattered<Tensor<T, 3, M>>(2);
    const auto c = scattered<Tensor<T, 3, 1>>(3);
    const auto across = computed(concat<1>(a, b, c));
    const auto down = computed(concat<0>(transpose<1, 0>(a), transpose<1, 0>(b), transpose<1, 0>(c)));
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < N + M + 1; ++j) {
            const T wanted = j < N ? a(i, j) : j < N + M ? b(i, j - N) : c(i, 0);
            CHECK(across(i, j) == wanted);
            CHECK(down(j, i) == wanted);
        }
}

TEST_CASE("concat: parts that end within vectors, at their edges and beyond") {
    check_parts<float, 1, 1>();
    check_parts<float, 16, 16>();
    check_parts<float, 5, 50>();
    check_parts<float, 33, 2>();
    check_parts<double, 40, 7>();
}

TEST_CASE("concat: sixteen parts; integers; masks; signed zeros and what is not a number") {
    Tensor<std::int32_t, 2, 3> n{1, 2, 3, 4, 5, 6};
    const auto y = computed(concat<1>(n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n));
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 48; ++j) CHECK(y(i, j) == n(i, j % 3));
    const auto m = computed(concat<0>(n > 2, n > 4, n == 1));
    for (int i = 0; i < 6; ++i)
        for (int j = 0; j < 3; ++j) CHECK(m(i, j) == (i < 2 ? n(i, j) > 2 : i < 4 ? n(i - 2, j) > 4 : n(i - 4, j) == 1));
    Tensor<float, 2> a{-0.0f, 0.0f}, b{static_cast<float>(nan), static_cast<float>(inf)};
    const auto z = computed(concat<0>(a, b, a));
    CHECK(std::signbit(z(0)));
    CHECK(!std::signbit(z(1)));
    CHECK(std::isnan(z(2)));
    CHECK(z(3) == static_cast<float>(inf));
    CHECK(std::signbit(z(4)));
}

TEST_CASE("concat: of what is computed, a row for all, and under products") {
    const auto x = scattered<Tensor<double, 2, 4, 6>>(1);
    const auto token = scattered<Tensor<double, 1, 1, 6>>(2);
    const auto w = scattered<Tensor<double, 6, 3>>(3);
    const auto y = computed(concat<1>(token, exp(x)));
    const auto z = computed(matmul(concat<1>(token, x), w));
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 5; ++j) {
            for (int k = 0; k < 6; ++k) CHECK(y(i, j, k) == doctest::Approx(j == 0 ? token(0, 0, k) : std::exp(x(i, j - 1, k))));
            for (int k = 0; k < 3; ++k) {
                double sum = 0;
                for (int q = 0; q < 6; ++q) sum += (j == 0 ? token(0, 0, q) : x(i, j - 1, q)) * w(q, k);
                CHECK(z(i, j, k) == doctest::Approx(sum));
            }
        }
}

TEST_CASE("concat: gradients") {
    auto x = scattered<Tensor<double, 3, 4>>(1);
    auto y = scattered<Tensor<double, 3, 2>>(2);
    auto row = scattered<Tensor<double, 1, 4>>(3);
    check_gradient([](const auto& a, const auto& b) { return concat<1>(a * a, b, a); }, x, y);
    check_gradient([](const auto& a, const auto& b) { return softmax(concat<1>(b, a, b) * 2); }, x, y);
    check_gradient([](const auto& a, const auto& b) { return concat<0>(b, a, b * 3) + 1; }, x, row);
    check_gradient([](const auto& a, const auto& b) { return concat<1>(a, b); }, x, row);
    check_gradient([](const auto& a, const auto& b) { return concat<1>(slice<1, 2>(a), slice<1, 0, 2>(a), b); }, x, y);
    check_gradient([](const auto& a, const auto& b) { return matmul(concat<1>(a, b), concat<0>(transpose<1, 0>(a), transpose<1, 0>(b))); }, x, y);
}

}  // namespace strata::test
