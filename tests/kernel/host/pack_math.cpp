// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/pack_math.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include <doctest/doctest.h>

using namespace strata::host;

static constexpr double inf = std::numeric_limits<double>::infinity();
static constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

/// How far `got` is from `want`, in units of the last place of the T nearest to `want` (no less than that of the least normal number).
template <class T>
static double ulps(T got, long double want) {
    if (std::isnan(want)) return std::isnan(got) ? 0 : inf;
    const T near = static_cast<T>(want);
    if (std::isinf(near)) return got == near ? 0 : inf;
    const int exponent = std::max(std::ilogb(std::max(std::fabs(near), std::numeric_limits<T>::min())), std::numeric_limits<T>::min_exponent - 1);
    return static_cast<double>(std::fabs(static_cast<long double>(got) - want) / std::ldexp(1.0L, exponent - std::numeric_limits<T>::digits + 1));
}

/// Largest error of `ours` on `count` points of [low, high], evenly spread; a result below the least normal number may be 0.
template <class T, class Ours, class Reference>
static double worst(Ours ours, Reference reference, double low, double high, int count = 200'000) {
    constexpr int w = native_width<T>;
    double most = 0;
    for (int i = 0; i < count; i += w) {
        Pack<T, w> x;
        for (int l = 0; l < w; ++l) x.lane[l] = static_cast<T>(low + (high - low) * (i + l) / (count - 1));
        const Pack<T, w> y = ours(x);
        for (int l = 0; l < w; ++l) {
            const long double want = reference(static_cast<long double>(x.lane[l]));
            if (y.lane[l] == 0 && std::fabs(want) < std::numeric_limits<T>::min()) continue;
            most = std::max(most, ulps(y.lane[l], want));
        }
    }
    return most;
}
/// The same on points x = +-2^k m over the whole range of exponents in [from, to].
template <class T, class Ours, class Reference>
static double worst_by_exponent(Ours ours, Reference reference, int from, int to, bool negative) {
    constexpr int w = native_width<T>;
    double most = 0;
    for (int k = from; k <= to; ++k)
        for (int i = 0; i < 256; i += w) {
            Pack<T, w> x;
            for (int l = 0; l < w; ++l) x.lane[l] = static_cast<T>(std::ldexp(1.0 + (i + l + 0.37) / 256, k) * (negative && l % 2 ? -1 : 1));
            const Pack<T, w> y = ours(x);
            for (int l = 0; l < w; ++l) {
                const long double want = reference(static_cast<long double>(x.lane[l]));
                if (y.lane[l] == 0 && std::fabs(want) < std::numeric_limits<T>::min()) continue;
                most = std::max(most, ulps(y.lane[l], want));
            }
        }
    return most;
}

template <class T, class Ours>
static T at(Ours ours, double x) {
    // The lane beside holds another number: results may not leak.
    constexpr int w = native_width<T>;
    Pack<T, w> p(0.5);
    p.lane[w - 1] = static_cast<T>(x);
    return ours(p).lane[w - 1];
}

#define LANES(name) [](const auto& pack) { return lane_##name(pack); }

TEST_CASE_TEMPLATE("exp", T, float, double) {
    const auto f = LANES(exp);
    const auto want = [](long double x) { return std::exp(x); };
    constexpr bool single = std::is_same_v<T, float>;
    const double end = single ? 90 : 712, allowed = single ? 1.1 : 2;
    CHECK(worst<T>(f, want, -end, end) <= allowed);
    CHECK(worst<T>(f, want, -1, 1) <= allowed);
    CHECK(worst_by_exponent<T>(f, want, -40, 6, true) <= allowed);
    CHECK(at<T>(f, inf) == inf);
    CHECK(at<T>(f, -inf) == 0);
    CHECK(at<T>(f, 1e30) == inf);
    CHECK(at<T>(f, -1e30) == 0);
    CHECK(at<T>(f, 0) == 1);
    CHECK(at<T>(f, -0.0) == 1);
    CHECK(std::isnan(at<T>(f, nan_value)));
    CHECK(std::isfinite(at<T>(f, single ? 88.722 : 709.78)));
    CHECK(at<T>(f, single ? 88.73 : 709.79) == inf);
}

TEST_CASE_TEMPLATE("exp2", T, float, double) {
    const auto f = LANES(exp2);
    const auto want = [](long double x) { return std::exp2(x); };
    constexpr bool single = std::is_same_v<T, float>;
    const double end = single ? 130 : 1030, allowed = single ? 1.1 : 2;
    CHECK(worst<T>(f, want, -end, end) <= allowed);
    CHECK(worst<T>(f, want, -1, 1) <= allowed);
    CHECK(worst_by_exponent<T>(f, want, -40, 6, true) <= allowed);
    CHECK(at<T>(f, single ? -126 : -1022) == std::numeric_limits<T>::min());
    CHECK(at<T>(f, single ? 127 : 1023) == std::ldexp(T(1), single ? 127 : 1023));
    CHECK(at<T>(f, single ? 128 : 1024) == inf);
    CHECK(at<T>(f, single ? std::nextafter(128.0f, 0.0f) : std::nextafter(1024.0, 0.0)) <= std::numeric_limits<T>::max());
    CHECK(at<T>(f, inf) == inf);
    CHECK(at<T>(f, -inf) == 0);
    CHECK(at<T>(f, -1e30) == 0);
    CHECK(at<T>(f, 0) == 1);
    CHECK(std::isnan(at<T>(f, nan_value)));
}

TEST_CASE("a NaN of any payload stays one") {
    for (std::uint32_t payload : {0x7f800001u, 0x7fffffffu, 0xffffffffu, 0x7fc00123u, 0xff812345u}) {
        float x;
        std::memcpy(&x, &payload, 4);
        const Pack<float, native_width<float>> p(x);
        Pack<float, native_width<float>> q;
        for (float& l : q.lane) std::memcpy(&l, &payload, 4);
        for (const auto& v : {p, q}) {
            CHECK(std::isnan(lane_exp(v).lane[0]));
            CHECK(std::isnan(lane_exp2(v).lane[0]));
            CHECK(std::isnan(lane_expm1(v).lane[0]));
            CHECK(std::isnan(lane_log(v).lane[0]));
            CHECK(std::isnan(lane_log1p(v).lane[0]));
            CHECK(std::isnan(lane_tanh(v).lane[0]));
            CHECK(std::isnan(lane_sigmoid(v).lane[0]));
            CHECK(std::isnan(lane_erf(v).lane[0]));
            CHECK(std::isnan(lane_normal_cdf(v).lane[0]));
            CHECK(std::isnan(lane_sqrt(v).lane[0]));
            CHECK(std::isnan(lane_rsqrt(v).lane[0]));
            CHECK(std::isnan(lane_abs(v).lane[0]));
            CHECK(std::isnan(lane_floor(v).lane[0]));
        }
    }
}

TEST_CASE_TEMPLATE("expm1", T, float, double) {
    const auto f = LANES(expm1);
    const auto want = [](long double x) { return std::expm1(x); };
    constexpr bool single = std::is_same_v<T, float>;
    CHECK(worst<T>(f, want, single ? -90 : -710, single ? 90 : 712) <= 3);
    CHECK(worst<T>(f, want, -1.5, 1.5) <= 3);
    CHECK(worst_by_exponent<T>(f, want, single ? -120 : -1000, 6, true) <= 3);
    CHECK(at<T>(f, inf) == inf);
    CHECK(at<T>(f, -inf) == -1);
    CHECK(std::signbit(at<T>(f, -0.0)));
}

TEST_CASE_TEMPLATE("log", T, float, double) {
    const auto f = LANES(log);
    const auto want = [](long double x) { return std::log(x); };
    constexpr bool single = std::is_same_v<T, float>;
    const double allowed = single ? 1.0 : 1.5;
    CHECK(worst<T>(f, want, 0.4, 2.5) <= allowed);
    CHECK(worst<T>(f, want, 0.99, 1.01) <= allowed);
    CHECK(worst<T>(f, want, 1e-3, 1e5) <= allowed);
    CHECK(worst_by_exponent<T>(f, want, single ? -149 : -1074, single ? 127 : 1023, false) <= allowed);
    CHECK(at<T>(f, 1) == 0);
    CHECK(at<T>(f, 0) == -inf);
    CHECK(at<T>(f, -0.0) == -inf);
    CHECK(at<T>(f, inf) == inf);
    CHECK(std::isnan(at<T>(f, -1)));
    CHECK(std::isnan(at<T>(f, -inf)));
    CHECK(std::isnan(at<T>(f, nan_value)));
}

TEST_CASE_TEMPLATE("log1p", T, float, double) {
    const auto f = LANES(log1p);
    const auto want = [](long double x) { return std::log1p(x); };
    CHECK(worst<T>(f, want, -0.999, 10) <= 4);
    CHECK(worst_by_exponent<T>(f, want, std::is_same_v<T, float> ? -120 : -1000, -2, true) <= 4);
    CHECK(worst_by_exponent<T>(f, want, -2, std::is_same_v<T, float> ? 126 : 1022, false) <= 4);
    CHECK(at<T>(f, 0) == 0);
    CHECK(at<T>(f, -1) == -inf);
    CHECK(at<T>(f, inf) == inf);
    CHECK(std::isnan(at<T>(f, -2)));
}

TEST_CASE_TEMPLATE("tanh", T, float, double) {
    const auto f = LANES(tanh);
    const auto want = [](long double x) { return std::tanh(x); };
    const double allowed = std::is_same_v<T, float> ? 2 : 4;
    CHECK(worst<T>(f, want, -30, 30) <= allowed);
    CHECK(worst<T>(f, want, -1.5, 1.5) <= allowed);
    CHECK(worst_by_exponent<T>(f, want, std::is_same_v<T, float> ? -120 : -1000, 100, true) <= allowed);
    CHECK(at<T>(f, inf) == 1);
    CHECK(at<T>(f, -inf) == -1);
    CHECK(at<T>(f, 0) == 0);
    CHECK(std::signbit(at<T>(f, -0.0)));
}

TEST_CASE_TEMPLATE("sigmoid", T, float, double) {
    const auto f = LANES(sigmoid);
    const auto want = [](long double x) { return 1 / (1 + std::exp(-x)); };
    constexpr bool single = std::is_same_v<T, float>;
    const double allowed = single ? 2.5 : 4, end = single ? 87.2 : 707;
    CHECK(worst<T>(f, want, -end, end) <= allowed);
    CHECK(worst<T>(f, want, -2, 2) <= allowed);
    CHECK(at<T>(f, inf) == 1);
    CHECK(at<T>(f, -inf) == 0);
    CHECK(at<T>(f, -1e30) == 0);
    CHECK(at<T>(f, 0) == T(0.5));
    CHECK(std::isnan(at<T>(f, nan_value)));
}

TEST_CASE_TEMPLATE("erf", T, float, double) {
    const auto f = LANES(erf);
    const auto want = [](long double x) { return std::erf(x); };
    CHECK(worst<T>(f, want, -6, 6) <= 1.5);
    CHECK(worst<T>(f, want, -1, 1) <= 1.5);
    CHECK(worst_by_exponent<T>(f, want, std::is_same_v<T, float> ? -120 : -1000, 30, true) <= 1.5);
    CHECK(at<T>(f, inf) == 1);
    CHECK(at<T>(f, -inf) == -1);
    CHECK(std::signbit(at<T>(f, -0.0)));
}

TEST_CASE_TEMPLATE("normal_cdf", T, float, double) {
    const auto f = LANES(normal_cdf);
    const auto want = [](long double x) { return std::erfc(-x * std::sqrt(0.5L)) / 2; };
    constexpr bool single = std::is_same_v<T, float>;
    // Of f32 1e-5 is 84 to 168 units of the last place; the error of the exponent, which is -35 at -6.5, is most of it.
    CHECK(worst<T>(f, want, -6.5, 9) <= (single ? 100 : 64));
    CHECK(worst<T>(f, want, 0, 9) <= (single ? 2 : 1.5));
    CHECK(worst_by_exponent<T>(f, want, single ? -120 : -1000, -3, true) <= (single ? 2.5 : 1));
    CHECK(at<T>(f, 0) == T(0.5));
    CHECK(at<T>(f, -0.0) == T(0.5));
    CHECK(at<T>(f, inf) == 1);
    CHECK(at<T>(f, -inf) == 0);
    CHECK(at<T>(f, -1e30) == 0);
}

TEST_CASE_TEMPLATE("sqrt, rsqrt", T, float, double) {
    const auto want = [](long double x) { return std::sqrt(x); };
    const auto inverse = [](long double x) { return 1 / std::sqrt(x); };
    CHECK(worst<T>(LANES(sqrt), want, 0, 100) <= 0.5000001);
    CHECK(worst<T>(LANES(rsqrt), inverse, 1e-3, 100) <= 1.5);
    CHECK(at<T>(LANES(rsqrt), 0) == inf);
    CHECK(at<T>(LANES(rsqrt), inf) == 0);
    CHECK(std::isnan(at<T>(LANES(sqrt), -1)));
}

TEST_CASE_TEMPLATE("floor, abs", T, float, double) {
    const auto f = LANES(floor);
    for (double x : {0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, 2.5, -1.5, -2.5, 1e-30, -1e-30, 8388607.5, -8388607.5, 8388608.0, 8388609.0, -16777217.0, 3e9, -3e9, 1e20, -1e20,
                     4503599627370495.5, -4503599627370495.5, 1e300, inf, -inf}) {
        const T v = static_cast<T>(x), y = at<T>(f, x);
        CHECK(y == std::floor(v));
        CHECK(std::signbit(y) == std::signbit(std::floor(v)));
        CHECK(at<T>(LANES(abs), x) == std::fabs(v));
        CHECK(!std::signbit(at<T>(LANES(abs), x)));
    }
}

TEST_CASE_TEMPLATE("pow", T, float, double) {
    constexpr int w = native_width<T>;
    double most = 0;
    for (double x = 0.01; x < 60; x *= 1.13)
        for (double y = -12; y <= 12; y += 0.37) {
            const T a = static_cast<T>(x), b = static_cast<T>(y);
            most = std::max(most, ulps(lane_pow(Pack<T, w>(a), Pack<T, w>(b)).lane[w - 1], std::pow(static_cast<long double>(a), static_cast<long double>(b))));
        }
    CHECK(most <= 1.0);
    const double some[] = {0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 2.5, inf, -inf, nan_value, 1e30, -1e30, 7.0, -7.0};
    for (double x : some)
        for (double y : some) {
            CAPTURE(x);
            CAPTURE(y);
            const T got = lane_pow(Pack<T, w>(x), Pack<T, w>(y)).lane[0], want = static_cast<T>(std::pow(x, y));
            if (std::isnan(want)) {
                CHECK(std::isnan(got));
            } else if (std::fabs(want) < std::numeric_limits<T>::min()) {
                CHECK(std::fabs(got) < std::numeric_limits<T>::min());
            } else {
                CHECK((got == want || std::fabs(got / want - 1) < T(1e-6)));
                CHECK(std::signbit(got) == std::signbit(want));
            }
        }
}

TEST_CASE("absolute value of integers, and packs wider than a register") {
    CHECK(lane_abs(Pack<std::int32_t, 4>(-7)).lane[3] == 7);
    CHECK(lane_floor(Pack<std::int64_t, 4>(-7)).lane[3] == -7);
    constexpr int w = 4 * native_width<float>;
    Pack<float, w> x;
    for (int i = 0; i < w; ++i) x.lane[i] = 0.25f * static_cast<float>(i - w / 2);
    const auto e = lane_exp(x), t = lane_tanh(x), g = lane_erf(x), r = lane_sqrt(lane_abs(x));
    for (int i = 0; i < w; ++i) {
        CHECK(ulps(e.lane[i], std::exp(static_cast<long double>(x.lane[i]))) <= 1.1);
        CHECK(ulps(t.lane[i], std::tanh(static_cast<long double>(x.lane[i]))) <= 2);
        CHECK(ulps(g.lane[i], std::erf(static_cast<long double>(x.lane[i]))) <= 1.5);
        CHECK(r.lane[i] == std::sqrt(std::fabs(x.lane[i])));
    }
}
