// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/pack.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <doctest/doctest.h>

using namespace strata::host;

static_assert(sizeof(Pack<float, 16>) == 64 && alignof(Pack<float, native_width<float>>) == register_bytes && alignof(Pack<double, 32>) == register_bytes);
static_assert(alignof(Pack<float, 4>) == 16 && alignof(Mask<double, 2>) == 16);
static_assert(std::is_trivially_copyable_v<Pack<float, 8>> && std::is_trivially_copyable_v<Mask<float, 8>>);
static_assert(native_width<float> == 2 * native_width<double> && native_width<std::int32_t> == native_width<float>);
static_assert(std::is_same_v<decltype(Pack<float, 8>(1) < Pack<float, 8>(2)), Mask<float, 8>>);
static_assert(!std::is_convertible_v<const void*, Mask<float, 8>>, "a pointer is no mask");
static_assert(std::is_same_v<PackOf<bool, 8>, Mask<float, 8>> && std::is_same_v<PackOf<double, 8>, Pack<double, 8>>);

/// Lane i = f(i).
template <class T, int W, class F>
static Pack<T, W> filled(F f) {
    Pack<T, W> p;
    for (int i = 0; i < W; ++i) p.lane[i] = static_cast<T>(f(i));
    return p;
}

template <class T, int W>
static void arithmetic_of() {
    const auto a = filled<T, W>([](int i) { return 3 * i - 7; }), b = filled<T, W>([](int i) { return i % 3 + 1; });
    auto c = a;
    c += b;
    c *= b;
    c -= a;
    c /= b;
    const auto sum = a + b, difference = a - b, product = a * b, quotient = a / b, negative = -a, mixed = T(2) * a + 1 - b * 3;
    const auto less = a < b, less_equal = a <= b, greater = a > b, greater_equal = a >= b, equal = a == b, different = a != b;
    const auto greatest = lane_max(a, b), least = lane_min(a, b), fused = lane_fma(a, b, c), chosen = lane_where(a < b, a, b);
    for (int i = 0; i < W; ++i) {
        const T x = a.lane[i], y = b.lane[i];
        CHECK(sum.lane[i] == x + y);
        CHECK(difference.lane[i] == x - y);
        CHECK(product.lane[i] == x * y);
        CHECK(quotient.lane[i] == x / y);
        CHECK(negative.lane[i] == -x);
        CHECK(mixed.lane[i] == 2 * x + 1 - y * 3);
        CHECK(c.lane[i] == ((x + y) * y - x) / y);
        CHECK(greatest.lane[i] == (x > y ? x : y));
        CHECK(least.lane[i] == (x < y ? x : y));
        CHECK(chosen.lane[i] == (x < y ? x : y));
        CHECK(fused.lane[i] == x * y + c.lane[i]);
        CHECK(less.lane[i] == (x < y ? -1 : 0));
        CHECK(less_equal.lane[i] == (x <= y ? -1 : 0));
        CHECK(greater.lane[i] == (x > y ? -1 : 0));
        CHECK(greater_equal.lane[i] == (x >= y ? -1 : 0));
        CHECK(equal.lane[i] == (x == y ? -1 : 0));
        CHECK(different.lane[i] == (x != y ? -1 : 0));
    }
    T total = 0, most = a.lane[0], fewest = a.lane[0];
    for (T x : a.lane) {
        total += x;
        most = x > most ? x : most;
        fewest = x < fewest ? x : fewest;
    }
    CHECK(strata::host::sum(a) == total);
    CHECK(max(a) == most);
    CHECK(min(a) == fewest);
    CHECK(max(-a) == -fewest);
}

TEST_CASE_TEMPLATE("arithmetic, comparison and folds in every width", T, float, double, std::int32_t, std::int64_t) {
    arithmetic_of<T, 1>();
    arithmetic_of<T, 2>();
    arithmetic_of<T, 4>();
    arithmetic_of<T, 8>();
    arithmetic_of<T, 16>();
    arithmetic_of<T, 32>();
}

TEST_CASE("scalars of any type become packs") {
    const Pack<double, 8> d = 0.5f;
    CHECK(d.lane[7] == 0.5);
    CHECK((d * 2).lane[3] == 1.0);
    CHECK((1 - d).lane[3] == 0.5);
    CHECK(Pack<float, 8>{}.lane[5] == 0.0f);
    CHECK(std::signbit(Pack<float, 8>(-0.0f).lane[5]));  // a broadcast is no sum with +0
    CHECK(std::signbit((-Pack<float, 8>(0.0f)).lane[5]));
}

TEST_CASE_TEMPLATE("max and min keep a NaN of the first argument", T, float, double) {
    constexpr int w = native_width<T>;
    const Pack<T, w> nan(std::numeric_limits<double>::quiet_NaN()), zero(0);
    CHECK(std::isnan(lane_max(nan, zero).lane[w - 1]));
    CHECK(std::isnan(lane_min(nan, zero).lane[w - 1]));
    CHECK(lane_max(zero, nan).lane[w - 1] == 0);
    CHECK(lane_min(zero, nan).lane[w - 1] == 0);
    CHECK_FALSE(any(nan == nan));
    CHECK(all(nan != nan));
    CHECK_FALSE(any((nan < zero) | (nan >= zero)));
}

TEST_CASE("masks combine, convert between sizes, and choose among elements of any size") {
    constexpr int w = 16;
    const auto x = iota<float, w>();
    const auto n = iota<std::int64_t, w>();
    const Mask<float, w> odd = (n & Pack<std::int64_t, w>(1)) == 1, low = x < 5;
    const auto both = odd & low, either = odd | (n < 5), one = odd ^ low, neither = !(odd | low);
    const auto same = odd == low, other = odd != low;
    const auto longs = lane_where(odd, n, n * 10);
    const auto doubles = lane_where(odd, Pack<double, w>(1), Pack<double, w>(2));
    const auto floats = lane_where(n < 3, x, -x);
    const auto masks = lane_where(odd, low, !low);
    const auto scalars = lane_where(odd, 1.5f, 2.5f);
    for (int i = 0; i < w; ++i) {
        const bool o = i % 2 == 1, l = i < 5;
        CHECK(both.lane[i] == -(o && l));
        CHECK(either.lane[i] == -(o || l));
        CHECK(one.lane[i] == -(o != l));
        CHECK(neither.lane[i] == -(!o && !l));
        CHECK(same.lane[i] == -(o == l));
        CHECK(other.lane[i] == -(o != l));
        CHECK(longs.lane[i] == (o ? i : 10 * i));
        CHECK(doubles.lane[i] == (o ? 1 : 2));
        CHECK(floats.lane[i] == static_cast<float>(i < 3 ? i : -i));
        CHECK(masks.lane[i] == -(o ? l : !l));
        CHECK(scalars.lane[i] == (o ? 1.5f : 2.5f));
    }
    CHECK(any(odd));
    CHECK_FALSE(all(odd));
    CHECK(all(Mask<double, w>(true)));
    CHECK_FALSE(any(Mask<std::int8_t, w>(false)));
    for (int i = 0; i < w; ++i) CHECK(any(x == static_cast<float>(i)));  // one lane, wherever it is
}

template <class From, class To>
static void converts() {
    constexpr int w = 16;
    const auto a = filled<From, w>([](int i) { return 100 * i - 700; });
    const auto b = convert<To>(a);
    for (int i = 0; i < w; ++i) CHECK(b.lane[i] == static_cast<To>(a.lane[i]));
    const auto m = convert<To>(a > From(0));
    for (int i = 0; i < w; ++i) CHECK(m.lane[i] == To(i > 7 ? 1 : 0));
    const auto nonzero = convert<bool>(a);
    for (int i = 0; i < w; ++i) CHECK(nonzero.lane[i] == -(i != 7));
}

TEST_CASE_TEMPLATE("every type converts to every other", From, float, double, std::int32_t, std::int64_t) {
    converts<From, float>();
    converts<From, double>();
    converts<From, std::int32_t>();
    converts<From, std::int64_t>();
}

TEST_CASE("integers are cut towards zero, and big ones survive") {
    CHECK(convert<std::int32_t>(Pack<float, 8>(-2.9f)).lane[7] == -2);
    CHECK(convert<std::int64_t>(Pack<double, 8>(2.9)).lane[7] == 2);
    CHECK(convert<std::int64_t>(Pack<double, 4>(-9e15)).lane[1] == -9'000'000'000'000'000);
    CHECK(convert<double>(Pack<std::int64_t, 4>(9'007'199'254'740'991)).lane[3] == 9007199254740991.0);
}

TEST_CASE("bits of numbers, and of integers") {
    CHECK(bits<std::int32_t>(Pack<float, 32>(1.0f)).lane[31] == 0x3f800000);
    CHECK(bits<double>(Pack<std::int64_t, 4>(std::int64_t{0x4000000000000000})).lane[0] == 2.0);
    const Pack<std::uint32_t, 8> u(0x80000001u);
    CHECK((u >> Pack<std::uint32_t, 8>(31)).lane[0] == 1u);
    CHECK((u << Pack<std::uint32_t, 8>(1)).lane[0] == 2u);
    CHECK((bits<std::int32_t>(u) >> Pack<std::int32_t, 8>(31)).lane[0] == -1);
    CHECK(((u & 0xffu) | 0x100u).lane[1] == 0x101u);
    CHECK((u ^ u).lane[1] == 0u);
    CHECK((~u).lane[1] == 0x7ffffffeu);
}

TEST_CASE("ramps and first lanes") {
    for (int n = -1; n <= 17; ++n) {
        const auto f = first_lanes<float, 16>(n);
        const auto d = first_lanes<double, 16>(n);
        for (int i = 0; i < 16; ++i) {
            CHECK(f.lane[i] == -(i < n));
            CHECK(d.lane[i] == -(i < n));
        }
    }
    CHECK(iota<std::int64_t, 32>().lane[31] == 31);
    CHECK(iota<float, 2>().lane[1] == 1.0f);
}

TEST_CASE("a sum is a tree over halves") {
    // 2^24 + 1 is not a float: the order shows. Lanes 0 and 8 meet first.
    Pack<float, 16> p(0);
    p.lane[0] = 16777216.0f;
    p.lane[8] = 1.0f;
    p.lane[1] = 1.0f;
    p.lane[9] = 1.0f;
    CHECK(sum(p) == 16777218.0f);  // (2^24 + 1) + (1 + 1), the first rounded down
    p.lane[8] = 0.0f;
    p.lane[9] = 0.0f;
    p.lane[3] = 1.0f;
    CHECK(sum(p) == 16777218.0f);  // lanes 1 and 3 meet before lane 0
    p.lane[3] = 0.0f;
    p.lane[2] = 1.0f;
    CHECK(sum(p) == 16777216.0f);  // lane 2 meets lane 0 first and is lost, then lane 1
}
