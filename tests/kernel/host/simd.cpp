// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/simd.hpp>

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

using namespace strata::host;
namespace math = strata::math;

/// One formula with every function and operator that ops use.
struct Everything {
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        const T y = math::max(x, T(0)) * T(0.5f) + math::tanh(x) - math::sigmoid(x) / (math::exp(-math::abs(x)) + 1);
        const T z = math::erf(x) + math::normal_cdf(x) + math::exp2(x) + math::log1p(math::abs(x)) - math::floor(x) + math::rsqrt(math::abs(x) + T(0.25f)) + math::fma(x, T(3), T(1));
        const T u = math::pow(math::abs(x), T(1.5f)) + math::sqrt(math::abs(x)) + math::expm1(math::min(x, T(1))) + math::log(math::abs(x) + T(0.5f));
        return math::where(math::logical_and(x > T(-1), math::logical_not(x >= T(2))), y + z, math::where(math::logical_or(x < T(-3), x == T(2.5f)), u, y * u));
    }
};

template <class T, int W>
static void same_formula(double allowed) {
    for (int i = -64; i < 64; i += W) {
        Pack<T, W> x;
        for (int l = 0; l < W; ++l) x.lane[l] = T(0.0625) * static_cast<T>(i + l);
        const auto y = Everything::apply(x);
        for (int l = 0; l < W; ++l) {
            CAPTURE(x.lane[l]);
            CHECK(y.lane[l] == doctest::Approx(Everything::apply(static_cast<double>(x.lane[l]))).epsilon(allowed));
        }
    }
}

TEST_CASE("one formula serves scalars and packs of any width") {
    same_formula<float, native_width<float>>(2e-6);
    same_formula<float, 2>(2e-6);
    same_formula<float, 2 * native_width<float>>(2e-6);
    same_formula<double, native_width<double>>(1e-13);
    same_formula<double, native_width<float>>(1e-13);
}

TEST_CASE("packs meet scalars in math functions") {
    constexpr int w = native_width<float>;
    const Pack<float, w> x(-2), y(3);
    CHECK(math::max(x, 0.f).lane[0] == 0);
    CHECK(math::max(0, y).lane[w - 1] == 3);
    CHECK(math::min(x, 1.0).lane[0] == -2);
    CHECK(math::pow(y, 2).lane[0] == 9);
    CHECK(math::fma(y, 2, x).lane[0] == 4);
    CHECK(math::where(x < y, 1, x).lane[0] == 1);
    CHECK(math::where(true, x, y).lane[0] == -2);
    CHECK(math::where(x > y, 1.f, 2.f).lane[0] == 2);
    CHECK(math::logical_and(x < y, true).lane[0] == -1);
    static_assert(std::is_same_v<decltype(math::max(x, 0.0)), Pack<float, w>>);
}

TEST_CASE("casts") {
    constexpr int w = native_width<float>;
    const Pack<float, w> x(-2.75f);
    static_assert(std::is_same_v<decltype(math::cast<std::int64_t>(x)), Pack<std::int64_t, w>>);
    CHECK(math::cast<std::int64_t>(x).lane[w - 1] == -2);
    CHECK(math::cast<double>(x).lane[w - 1] == -2.75);
    CHECK(math::cast<bool>(x).lane[0] == -1);
    CHECK(math::cast<float>(x > 0).lane[0] == 0);
    CHECK(math::cast<std::int32_t>(x < 0).lane[0] == 1);
}

TEST_CASE("a loop over an array with a partial end") {
    constexpr int w = native_width<float>, n = 5 * w + 3;
    std::vector<float> x(n), y(n + w, 99.0f);
    for (int i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = static_cast<float>(i - n / 2);
    int i = 0;
    for (; i + w <= n; i += w) store(y.data() + i, math::max(load<float, w>(x.data() + i) * 0.5f + 1.f, 0.f));
    store_partial(y.data() + i, n - i, math::max(load_partial<float, w>(x.data() + i, n - i) * 0.5f + 1.f, 0.f));
    for (int k = 0; k < n; ++k) CHECK(y[static_cast<std::size_t>(k)] == std::fmax(x[static_cast<std::size_t>(k)] * 0.5f + 1.0f, 0.0f));
    for (int k = n; k < n + w; ++k) CHECK(y[static_cast<std::size_t>(k)] == 99.0f);
}
