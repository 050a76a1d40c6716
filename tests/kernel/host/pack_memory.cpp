// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/pack_memory.hpp>

#include <cstdint>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include "../../support/guarded.hpp"

using namespace strata::host;
using strata::test::Guarded;

template <class T>
static T value(int i) {
    if constexpr (std::is_same_v<T, bool>)
        return i % 3 == 1;
    else
        return static_cast<T>(i + 1);
}
/// Lane i as an element of T.
template <class T, class P>
static T element(const P& p, int i) {
    if constexpr (std::is_same_v<T, bool>)
        return p.lane[i] != 0;
    else
        return p.lane[i];
}

/// Loads and stores of n elements that end at a forbidden page, and that begin at one.
template <class T, int W>
static void at_a_page() {
    for (bool at_end : {true, false})
        for (int n = 0; n <= W; ++n) {
            Guarded<T> from(static_cast<std::size_t>(n), at_end), to(static_cast<std::size_t>(n), at_end);
            for (int i = 0; i < n; ++i) from[static_cast<std::size_t>(i)] = value<T>(i);
            const auto p = load_partial<T, W>(from.data(), n);
            for (int i = 0; i < W; ++i) REQUIRE(element<T>(p, i) == (i < n ? value<T>(i) : T(0)));
            store_partial(to.data(), n, p);
            for (int i = 0; i < n; ++i) REQUIRE(to[static_cast<std::size_t>(i)] == value<T>(i));
            REQUIRE(to.intact());
        }
    Guarded<T> from(W), to(W);
    for (int i = 0; i < W; ++i) from[static_cast<std::size_t>(i)] = value<T>(i);
    const auto p = load<T, W>(from.data());
    store(to.data(), p);
    for (int i = 0; i < W; ++i) {
        REQUIRE(element<T>(p, i) == value<T>(i));
        REQUIRE(to[static_cast<std::size_t>(i)] == value<T>(i));
    }
    REQUIRE(to.intact());
}

TEST_CASE_TEMPLATE("partial loads and stores end and begin at a page that may not be touched", T, float, double, std::int32_t, std::int64_t, bool) {
    at_a_page<T, 2>();
    at_a_page<T, 4>();
    at_a_page<T, 8>();
    at_a_page<T, 16>();
    at_a_page<T, 32>();
}

TEST_CASE_TEMPLATE("strided, backwards and in part", T, float, double, std::int64_t, bool) {
    constexpr int w = 8;
    std::vector<std::uint8_t> bytes(sizeof(T) * 64);
    T* memory = reinterpret_cast<T*>(bytes.data());
    for (int i = 0; i < 64; ++i) memory[i] = value<T>(i);
    for (int stride : {1, 3, 0, -2}) {
        const T* from = memory + (stride < 0 ? 40 : 5);
        for (int n = 0; n <= w; ++n) {
            const auto p = load_strided<T, w>(from, stride, n);
            for (int i = 0; i < w; ++i) REQUIRE(element<T>(p, i) == (i < n ? from[i * stride] : T(0)));
        }
    }
    const auto p = load_strided<T, w>(memory, 2);
    T out[32] = {};
    store_strided(out, 3, p, 5);
    for (int i = 0; i < 32; ++i) REQUIRE(out[i] == (i % 3 == 0 && i < 15 ? memory[i / 3 * 2] : T(0)));
}

TEST_CASE("any byte but zero is true, and true is stored as one") {
    std::uint8_t bytes[16] = {0, 1, 2, 255, 0, 128};
    const auto m = load<std::uint8_t, 16>(bytes) != Pack<std::uint8_t, 16>(0);
    bool out[16];
    store(out, m);
    for (int i = 0; i < 16; ++i) CHECK(static_cast<int>(reinterpret_cast<std::uint8_t*>(out)[i]) == (bytes[i] != 0 ? 1 : 0));
    const Mask<double, 16> wide = load<bool, 16>(out);
    CHECK(wide.lane[3] == -1);
    CHECK(wide.lane[4] == 0);
}

TEST_CASE("addresses need no alignment beyond the element's") {
    alignas(64) float memory[40];
    for (int i = 0; i < 40; ++i) memory[i] = static_cast<float>(i);
    for (int shift = 0; shift < 8; ++shift) {
        CHECK(load<float, 16>(memory + shift).lane[15] == static_cast<float>(15 + shift));
        float out[33] = {};
        store(out + shift, load<float, 16>(memory));
        CHECK(out[shift + 15] == 15.0f);
        CHECK(out[shift + 16] == 0.0f);
    }
}
