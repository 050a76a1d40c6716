// SPDX-License-Identifier: BSL-1.0
#include <strata/core/math.hpp>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <type_traits>

#include <doctest/doctest.h>

namespace math = strata::math;

namespace elsewhere {
/// A number of another namespace, as a later header would bring it.
struct Dual {
    double value = 0, slope = 0;
    Dual(double v, double s = 0) : value(v), slope(s) {}
    friend Dual operator*(Dual a, Dual b) { return {a.value * b.value, a.value * b.slope + a.slope * b.value}; }
    friend bool operator>(Dual a, Dual b) { return a.value > b.value; }
};
inline Dual lane_exp(Dual x) { return {std::exp(x.value), x.slope * std::exp(x.value)}; }
inline Dual lane_max(Dual x, Dual y) { return y.value > x.value ? y : x; }
inline Dual lane_fma(Dual a, Dual b, Dual c) { return {a.value * b.value + c.value, 7}; }
template <class To>
To lane_cast(Dual x, std::type_identity<To>) {
    return static_cast<To>(x.value);
}
}  // namespace elsewhere

/// Written before any number but a scalar exists, as ops are.
struct SwishLike {
    template <class T>
    static constexpr T apply(T x) {
        return math::max(x, T(0)) * math::exp(x);
    }
};

static_assert(std::is_same_v<decltype(math::exp(1.0f)), float>);
static_assert(std::is_same_v<decltype(math::max(1.0f, 0)), float>);
static_assert(std::is_same_v<decltype(math::pow(1.0f, 2.0)), double>);
static_assert(std::is_same_v<decltype(math::cast<bool>(3)), bool>);
static_assert(math::max(2, 3) == 3 && math::min(2, 3) == 2 && math::abs(-4) == 4 && math::where(true, 1, 2) == 1 && math::where(false, 1, 2) == 2);
static_assert(math::cast<int>(-2.7f) == -2 && math::cast<bool>(0.5) && !math::cast<bool>(0) && math::cast<double>(true) == 1.0);
static_assert(math::logical_and(true, false) == false && math::logical_or(true, false) && !math::logical_not(true));
static_assert(math::fma(2.0f, 3.0f, 4.0f) == 10.0f);
static_assert(math::horner(2.0f, 1, 3, -0.5) == 5.0f && math::horner(2.0, 7) == 7.0);

TEST_CASE_TEMPLATE("scalars are those of the C library", T, float, double) {
    for (double at : {0.0, 0.3, 1.0, 2.5, 7.0}) {
        const T x = static_cast<T>(at);
        CHECK(math::exp(x) == std::exp(x));
        CHECK(math::exp2(-x) == std::exp2(-x));
        CHECK(math::expm1(x) == std::expm1(x));
        CHECK(math::log(x) == std::log(x));
        CHECK(math::log1p(x) == std::log1p(x));
        CHECK(math::tanh(-x) == std::tanh(-x));
        CHECK(math::erf(-x) == std::erf(-x));
        CHECK(math::normal_cdf(x * T(-0.5)) == doctest::Approx(0.5 * std::erfc(at * std::sqrt(0.125))).epsilon(std::is_same_v<T, float> ? 1e-5 : 1e-13).scale(0));
        CHECK(math::sqrt(x) == std::sqrt(x));
        CHECK(math::abs(-x) == x);
        CHECK(math::floor(-x) == std::floor(-x));
        CHECK(math::pow(x, T(1.7)) == std::pow(x, T(1.7)));
        CHECK(math::rsqrt(x) == T(1) / std::sqrt(x));
        CHECK(math::sigmoid(-x) == doctest::Approx(1 / (1 + std::exp(at))));
    }
    CHECK(math::sigmoid(T(-1e4)) == 0);
    CHECK(math::sigmoid(T(1e4)) == 1);
}

TEST_CASE("a NaN comes through the first argument") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(std::isnan(math::max(nan, 0.0f)));
    CHECK(std::isnan(math::min(nan, 0.0f)));
    CHECK(math::max(0.0f, nan) == 0.0f);
    CHECK(math::min(0.0f, nan) == 0.0f);
    CHECK(std::isnan(math::max(nan, 0)));
}

TEST_CASE("integers") {
    CHECK(math::abs(std::int64_t{-1} << 40) == std::int64_t{1} << 40);
    CHECK(math::floor(std::int32_t{-3}) == -3);
    CHECK(math::max(std::int64_t{5}, std::int64_t{-5}) == 5);
}

TEST_CASE("other numbers are found in their own namespace, from templates written before them") {
    const elsewhere::Dual x(2, 1), y = SwishLike::apply(x);
    CHECK(y.value == doctest::Approx(2 * std::exp(2.0)));
    CHECK(y.slope == doctest::Approx(3 * std::exp(2.0)));
    CHECK(SwishLike::apply(elsewhere::Dual(-1, 1)).value == 0);
    CHECK(SwishLike::apply(2.0f) == 2 * std::exp(2.0f));
    CHECK(math::max(x, 3.0).value == 3);         // a scalar meets them
    CHECK(math::max(3, x).value == 3);
    CHECK(math::fma(x, 2, 1.0f).slope == 7);
    CHECK(math::cast<float>(x) == 2.0f);
    CHECK(math::where(true, x, 5.0).value == 2);
    CHECK(math::where(false, x, 5.0).value == 5);
}
