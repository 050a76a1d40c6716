// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/expression.hpp>

#include <doctest/doctest.h>

#include <limits>

#include <strata/op.hpp>

#include "../support/check.hpp"

namespace strata::test {

TEST_CASE("an expression is computed on birth and on assignment, into the same memory") {
    const Tensor<float, 5> a{1, 2, 3, 4, 5}, b{5, 4, 3, 2, 1};
    Tensor<float, 5> y = a * b;
    CHECK(unlike(y, std::vector<int>{5, 8, 9, 8, 5}, 0) == "");
    const float* memory = y.data();
    y = a + b;
    CHECK(y.data() == memory);
    CHECK(unlike(y, std::vector<int>{6, 6, 6, 6, 6}, 0) == "");
}

TEST_CASE("a tensor alone, another type's tensor, a number's worth") {
    const Tensor<float, 17> a = scattered<Tensor<float, 17>>(1);
    const auto copy = computed(a + 0);
    for (int i = 0; i < 17; ++i) CHECK(copy(i) == a(i));
    const Tensor<float> s = sum(a * 0 + 2);
    CHECK(s() == 34);
}

TEST_CASE("a tensor on both sides is read before it is written") {
    Tensor<float, 3, 3> x{1, 2, 3, 4, 5, 6, 7, 8, 9};
    x = transpose<1, 0>(x);
    CHECK(unlike(x, std::vector<int>{1, 4, 7, 2, 5, 8, 3, 6, 9}, 0) == "");
    x = matmul(x, x);
    CHECK(unlike(x, std::vector<int>{30, 66, 102, 36, 81, 126, 42, 96, 150}, 0) == "");
    x = x + x;
    CHECK(x(0, 0) == 60);
    x = x - sum_keep(x, axis<0>);
    CHECK(x(0, 0) == 60 - 2 * (30 + 36 + 42));
    x = silu(x) * 0 + x;
    CHECK(x(2, 2) == 300 - 2 * (102 + 126 + 150));
}

TEST_CASE("numbers are given by the run, not by the type: one program serves them all") {
    const Tensor<double, 4> x{1, 2, 3, 4};
    const auto scaled = [&](double by) { return computed(x * by - by); };
    for (double by : {0.0, 1.0, -2.5, 1e100}) CHECK(unlike(scaled(by), std::vector<double>{0, by, 2 * by, 3 * by}, 1e-15) == "");
}

static_assert(std::is_same_v<TypeIn<decltype(exp(select(Leaf<bool, 3>{}, 1, 0)))>, detail::Weak>, "fractions, though of whole numbers");

TEST_CASE("a number stands on either side of whole numbers") {
    const Tensor<std::int32_t, 3> i{1, -2, 30};
    const Tensor<bool, 3> m{true, false, true};
    CHECK(unlike(computed(2 - i), std::vector<int>{1, 4, -28}, 0) == "");
    CHECK(unlike(computed(select(m, 5, i) * i - 1), std::vector<int>{4, 3, 149}, 0) == "");
    CHECK(unlike(computed(maximum(0, i)), std::vector<int>{1, 0, 30}, 0) == "");
}

TEST_CASE("a whole number keeps its digits beside int64; beside a type that has it not it is an error") {
    const std::int64_t large = (1LL << 53) + 1;
    const Tensor<std::int64_t, 3> w{1, -1, large};
    const Tensor<std::int64_t, 3> sum = w + large, highest = maximum(w, std::numeric_limits<std::int64_t>::max()), lowest = minimum(std::numeric_limits<std::int64_t>::min(), w);
    CHECK(sum(0) == large + 1);
    CHECK(sum(1) == large - 1);
    CHECK(highest(0) == std::numeric_limits<std::int64_t>::max());
    CHECK(lowest(2) == std::numeric_limits<std::int64_t>::min());
    const Tensor<bool, 3> same = w == large;
    CHECK(same(2));
    const Tensor<std::int32_t, 3> i{1, -2, 30};
    const auto plus = [&](auto x) { return computed(i + x); };
    CHECK(plus(2147483647)(1) == 2147483645);
    CHECK(computed(maximum(i, std::numeric_limits<std::int32_t>::min()))(1) == -2);
    CHECK_THROWS_WITH_AS(plus(2147483648LL), "strata: the number 2147483648 in an expression stands beside elements of type int32, which does not have it; give another number, or cast the elements to a wider type", DataError);
    CHECK_THROWS_AS(plus(-2147483649LL), DataError);
    CHECK_THROWS_AS(plus(18446744073709551615u), DataError);
    CHECK_THROWS_AS(computed((i < 5) == 2), DataError);
    const Tensor<float, 3> x{1, 2, 3};
    CHECK(computed(x * 5000000000LL)(1) == 1e10f);
    CHECK(computed(select(i > 0, x * 5000000000LL, 0) + cast<float>(i + 1))(0) == 5000000002.f);
}

TEST_CASE("what is made of whole numbers alone is of the integers that it meets or goes to") {
    const Tensor<bool, 3> m{true, false, true};
    const Tensor<std::int32_t, 3> n{5, 6, 7};
    const Tensor<std::int64_t, 3> w{1LL << 60, 2, 3};
    const Tensor<float, 3> x{0.5f, 1, 2};
    const std::int64_t large = (1LL << 53) + 1;
    const auto is = [](const auto& y, std::int64_t a, std::int64_t b, std::int64_t c) { return y(0) == a && y(1) == b && y(2) == c; };
    Tensor<std::int32_t, 3> y = select(m, 1, 0);
    CHECK(is(y, 1, 0, 1));
    y += select(m, 16777217, -1) * 2 - 1;
    CHECK(is(y, 33554434, -3, 33554434));
    const Tensor<std::int64_t, 3> z = select(m, large, 0) + 1;
    CHECK(is(z, large + 1, 1, large + 1));
    CHECK(is(computed(select(m, 3, 2) * n), 15, 12, 21));
    CHECK(is(computed(n * clamp(select(m, 3, -1), 0, n) + select(x < 1.5, select(m, 1, 2), 3)), 16, 2, 24));
    CHECK(is(computed(w - select(m, large, 0)), (1LL << 60) - large, 2, 3 - large));
    const Tensor<std::int32_t> count = sum(select(m, 1, 0));
    CHECK(count() == 2);
    const Tensor<float, 3> real = select(m, 1, 0) / 2 + x * select(select(m, 1, 0) == 1, 4, 2);
    CHECK(real(0) == 2.5f);
    CHECK(real(1) == 2);
    CHECK_THROWS_AS((y = select(m, large, 0)), DataError);
}

TEST_CASE("the same leaf twice, two leaves of one type") {
    const auto a = scattered<Tensor<double, 7>>(1), b = scattered<Tensor<double, 7>>(2);
    const auto y = computed((a - b) * (a + b) - a * a);
    for (int i = 0; i < 7; ++i) CHECK(near(y(i), -b(i) * b(i), 1e-13));
}

TEST_CASE("trees of several kernels: products, folds over each other, moves") {
    auto x = scattered<Tensor<double, 9, 6>>(1);
    auto w = scattered<Tensor<double, 6, 5>>(2);
    auto v = scattered<Tensor<double, 5, 3>>(3);
    const auto y = computed(softmax(matmul(relu(matmul(x, w)), v)));
    for (int i = 0; i < 9; ++i) {
        double z[3] = {}, total = 0;
        for (int j = 0; j < 5; ++j) {
            double h = 0;
            for (int k = 0; k < 6; ++k) h += x(i, k) * w(k, j);
            for (int k = 0; k < 3; ++k) z[k] += std::fmax(h, 0) * v(j, k);
        }
        for (double e : z) total += std::exp(e);
        for (int k = 0; k < 3; ++k) CHECK(near(y(i, k), std::exp(z[k]) / total, 1e-12));
    }
}

/// (x - mean) / sqrt(variance + 1e-5) along rows, as a user composes it.
struct NormalisedBody {
    static constexpr auto body(const auto& x) {
        const auto centred = x - mean_keep(x, axis<-1>);
        return centred * rsqrt(mean_keep(square(centred), axis<-1>) + 1e-5);
    }
};
inline constexpr Composed<NormalisedBody> normalised{};

using A = Leaf<float, 32, 64>;
using R = Leaf<float, 64>;
static_assert(plan_of<decltype(tanh(A{}) * sigmoid(A{}) + R{} * 2 - abs(A{}))>.kernels == 1, "maps are one kernel");
static_assert(plan_of<decltype(tanh(A{}) * sigmoid(A{}) + R{})>.arena_bytes == 0, "and need no memory between");
static_assert(plan_of<decltype(mean(square(A{} - R{})))>.kernels == 1);
static_assert(plan_of<decltype(normalised(A{}))>.kernels == 1, "a layer norm is one");
static_assert(plan_of<decltype(normalised(normalised(A{}) * R{}))>.kernels <= 2);
static_assert(plan_of<decltype(matmul(A{}, Leaf<float, 64, 16>{}))>.arena_bytes == 0);
static_assert(plan_of<decltype(matmul(relu(matmul(A{}, Leaf<float, 64, 16>{})), Leaf<float, 16, 8>{}))>.kernels == 2);

TEST_CASE("layer norm, composed and written out, in float and far from zero") {
    Tensor<float, 4, 100> x;
    const auto noise = scattered<Tensor<float, 4, 100>>(1);
    for (long i = 0; i < x.size; ++i) x.data()[i] = noise.data()[i] + 300;
    const auto y = computed(normalised(x));
    // A tensor named several times is read as several: more kernels, the same numbers but for the last place of the mean, 3e-5 at 300.
    const auto written = computed((x - mean_keep(x, axis<-1>)) * rsqrt(variance_keep(x, axis<-1>) + 1e-5));
    for (long i = 0; i < x.size; ++i) CHECK(std::fabs(written.data()[i] - y.data()[i]) < 1e-4f);
    for (int i = 0; i < 4; ++i) {
        double m = 0, s = 0;
        for (int j = 0; j < 100; ++j) m += static_cast<double>(x(i, j)) / 100;
        for (int j = 0; j < 100; ++j) s += (static_cast<double>(x(i, j)) - m) * (static_cast<double>(x(i, j)) - m) / 100;
        for (int j = 0; j < 100; ++j) CHECK(std::abs(static_cast<double>(y(i, j)) - (static_cast<double>(x(i, j)) - m) / std::sqrt(s + 1e-5)) < 1e-4);
    }
}

template <int N>
void check_in_place() {
    CAPTURE(N);
    auto x = scattered<Tensor<float, N>>(1);
    const auto y = scattered<Tensor<float, N>>(2);
    const Tensor<float, N> before = x;
    x = x * y + tanh(x);
    const Tensor<float, N> wanted = before * y + tanh(before);
    for (int i = 0; i < N; ++i) CHECK(x(i) == wanted(i));
}
TEST_CASE("element by element a tensor is written where it is read; what reads other elements of it is computed apart") {
    check_in_place<1>(), check_in_place<7>(), check_in_place<64>(), check_in_place<133>();
#ifndef __CUDACC__
    using E = detail::Wrapped<decltype(Tensor<float, 4>{} * 2.f + exp(Tensor<float, 4>{}))>;
    using Turned = detail::Wrapped<decltype(transpose<1, 0>(Tensor<float, 4, 4>{}) + Tensor<float, 4, 4>{})>;
    using Wider = detail::Wrapped<decltype(Tensor<float, 4, 4>{} + Tensor<float, 4>{})>;
    static_assert(detail::elementwise<E, Shape<4>> && !detail::elementwise<Turned, Shape<4, 4>> && !detail::elementwise<Wider, Shape<4, 4>>);
#endif
    Tensor<float, 2, 2> m{1, 2, 3, 4};
    m = transpose<1, 0>(m) + m;
    CHECK(m(0, 1) == 5);
    CHECK(m(1, 0) == 5);
    Tensor<std::int32_t, 3> n{1, 2, 3};
    n = n * n;
    CHECK(n(2) == 9);
}

TEST_CASE("a tensor that was moved from takes memory again where an expression is assigned to it") {
    Tensor<float, 3> a{1, 2, 3}, b = std::move(a);
    a = b * 2.f;
    CHECK((a(0) == 2 && a(2) == 6 && b(2) == 3));
    a += b;
    CHECK(a(1) == 6);
}

}  // namespace strata::test
