// SPDX-License-Identifier: BSL-1.0
#include <strata/core/narrow.hpp>

#include <doctest/doctest.h>

#include <bit>

#include "../support/narrow.hpp"

namespace strata::test {

static_assert(sizeof(bf16) == 2 && sizeof(f16) == 2 && std::is_same_v<Wide<bf16>, float> && std::is_same_v<Wide<double>, double>);
static_assert(float(bf16::from_bits(0x3fc0)) == 1.5f && float(f16::from_bits(0x3e00)) == 1.5f && narrow<bf16>(1.5f).bits == 0x3fc0 && narrow<f16>(1.5f).bits == 0x3e00,
              "both ways while compiling");
static_assert(narrow<f16>(65519.f).bits == 0x7bff && narrow<f16>(65520.f).bits == 0x7c00 && narrow<f16>(0x1p-25f).bits == 0 && narrow<f16>(0x1.8p-25f).bits == 1);

TEST_CASE_TEMPLATE("widening gives the value that the bits stand for", H, bf16, f16) {
    for (std::uint32_t h = 0; h < 0x10000; ++h) {
        const float x = H::from_bits(static_cast<std::uint16_t>(h));
        const std::uint32_t m = h & 0x7fff, u = std::bit_cast<std::uint32_t>(x);
        REQUIRE((u >> 31) == (h >> 15));
        if (m > infinity_of<H>) {
            REQUIRE(x != x);
            REQUIRE((u & 0x7fffff) == (m & ((1u << fraction_bits<H>) - 1)) << (23 - fraction_bits<H>));
        } else if (m == infinity_of<H>) {
            REQUIRE(std::isinf(x));
        } else {
            REQUIRE(std::fabs(static_cast<double>(x)) == value_of<H>(m));
        }
    }
}

TEST_CASE_TEMPLATE("what is stored is the nearest value, the even one of two, with infinities and NaNs", H, bf16, f16) {
    for (const float x : hard_floats<H>()) {
        const std::uint16_t wanted = nearest<H>(x);
        if (narrow<H>(x).bits != wanted) FAIL("at " << std::bit_cast<std::uint32_t>(x) << ": " << narrow<H>(x).bits << ", not " << wanted);
    }
    std::uint32_t u = 1;
    for (int i = 0; i < 100000; ++i) {
        u = u * 1664525u + 1013904223u;
        const float x = std::bit_cast<float>(u);
        if (narrow<H>(x).bits != nearest<H>(x)) FAIL("at " << u);
    }
}

TEST_CASE_TEMPLATE("numbers go in rounded, by construction or assignment, and come out by conversion", H, bf16, f16) {
    static_assert(H(0.5f) == 0.5f && H{-2.f} == -2.f && H(3) == 3.f && H() == 0.f, "a number, not its bits");
    static_assert(!std::is_convertible_v<float, H>, "nothing is rounded unseen");
    CHECK(H(0.1f).bits == nearest<H>(0.1f));
    H h;
    h = 0.1f;
    CHECK(h.bits == nearest<H>(0.1f));
    CHECK(h + 1 == doctest::Approx(1.1).epsilon(0.01));
    CHECK(rounded<H>(0.1f) == static_cast<float>(h));
    CHECK(rounded<H>(rounded<H>(0.1f)) == rounded<H>(0.1f));
}

}  // namespace strata::test
