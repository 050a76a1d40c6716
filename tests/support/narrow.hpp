// SPDX-License-Identifier: BSL-1.0
/// 16-bit floats by their definition: values from exponent and fraction, rounding by search in the table of all of them.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include <strata/core/narrow.hpp>

namespace strata::test {

template <class H>
inline constexpr int fraction_bits = std::is_same_v<H, bf16> ? 7 : 10;

/// The number that 15 bits without sign stand for; an infinity at the first exponent that is none.
template <class H>
double value_of(std::uint32_t m) {
    const int f = fraction_bits<H>, exponents = 15 - f, bias = (1 << (exponents - 1)) - 1;
    const int exponent = static_cast<int>(m >> f);
    const double fraction = std::ldexp(static_cast<double>(m & ((1u << f) - 1)), -f);
    return exponent == 0 ? std::ldexp(fraction, 1 - bias) : std::ldexp(1 + fraction, exponent - bias);
}
/// The first bits of an infinity; those above it are NaNs.
template <class H>
inline constexpr std::uint32_t infinity_of = ((1u << (15 - fraction_bits<H>)) - 1) << fraction_bits<H>;

/// The 16-bit float nearest to x, the even one of two; as an infinity counts what the next exponent would begin with.
template <class H>
std::uint16_t nearest(float x) {
    std::uint32_t u;
    std::memcpy(&u, &x, 4);
    const std::uint32_t sign = u >> 31 << 15;
    if (x != x) {  // sign and first bits stay; quiet
        const std::uint32_t f = fraction_bits<H>;
        return static_cast<std::uint16_t>(sign | infinity_of<H> | 1u << (f - 1) | ((u & 0x7fffff) >> (23 - f)));
    }
    const double a = std::fabs(static_cast<double>(x));
    std::uint32_t low = 0, high = infinity_of<H>;  // value(low) <= a, by halves
    if (a >= value_of<H>(high)) return static_cast<std::uint16_t>(sign | high);
    while (high - low > 1) {
        const std::uint32_t middle = (low + high) / 2;
        (value_of<H>(middle) <= a ? low : high) = middle;
    }
    const double down = a - value_of<H>(low), up = value_of<H>(high) - a;
    return static_cast<std::uint16_t>(sign | (down < up || (down == up && low % 2 == 0) ? low : high));
}

/// Whether `bits` are what x is stored as; of a NaN a device keeps only that it is one.
template <class H>
bool stored_right(float x, std::uint16_t bits, bool on_device) {
    return on_device && x != x ? (bits & 0x7fffu) > infinity_of<H> : bits == nearest<H>(x);
}
/// Whether `wide` is what h widens to; of a NaN a device keeps only that it is one.
template <class H>
bool widened_right(H h, float wide, bool on_device) {
    const float x = h;
    return on_device && x != x ? wide != wide : std::memcmp(&x, &wide, sizeof x) == 0;
}

/// Floats that a rounding can get wrong: every 16-bit value, the middles between neighbours, and what is next to those, with both signs; NaNs.
template <class H>
std::vector<float> hard_floats() {
    std::vector<float> all;
    const auto near = [&](double x) {
        const float f = static_cast<float>(x), end = std::numeric_limits<float>::infinity();
        for (const float y : {f, std::nextafterf(f, end), std::nextafterf(f, -end)}) {
            all.push_back(y);
            all.push_back(-y);
        }
    };
    for (std::uint32_t m = 0; m < infinity_of<H>; ++m) {
        near(value_of<H>(m));
        near((value_of<H>(m) + value_of<H>(m + 1)) / 2);
    }
    for (const std::uint32_t u : {0x7f800000u, 0xff800000u, 0x7fc00000u, 0xffc00000u, 0x7f800001u, 0xff80ffffu, 0x7fa5a5a5u, 0x7fffffffu, 0x00000001u, 0x807fffffu, 0x7f7fffffu}) {
        float x;
        std::memcpy(&x, &u, 4);
        all.push_back(x);
    }
    return all;
}

}  // namespace strata::test
