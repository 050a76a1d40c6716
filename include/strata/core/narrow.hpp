// SPDX-License-Identifier: BSL-1.0
/// Floats of 16 bits: storage only. They are computed with as f32, to which they widen exactly; what is stored is rounded to nearest, ties to even.
/// A NaN stays one; the host keeps its sign and first bits, a device does not.
/// Source: IEEE 754-2019 (binary16); bfloat16 is the upper half of an f32.
#pragma once

#include <cstdint>
#include <type_traits>

#include <strata/core/macros.hpp>

namespace strata {

namespace detail {
STRATA_HD constexpr std::uint32_t bits_of(float x) { return __builtin_bit_cast(std::uint32_t, x); }
STRATA_HD constexpr float float_of(std::uint32_t bits) { return __builtin_bit_cast(float, bits); }

STRATA_HD constexpr float widen_bf16(std::uint16_t h) { return float_of(std::uint32_t{h} << 16); }
#if defined(__CUDA_ARCH__)
// A device has instructions for these, where the sums below take 8 to 25; a compiler does not find them.
STRATA_HD inline float device_widen_f16(std::uint16_t h) {
    float x;
    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(h));
    return x;
}
STRATA_HD inline std::uint16_t device_narrow_f16(float x) {
    std::uint16_t h;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(x));
    return h;
}
STRATA_HD inline std::uint16_t device_narrow_bf16(float x) {
    std::uint16_t h;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(h) : "f"(x));
    return h;
}
#define STRATA_ON_DEVICE(f, x) \
    if (!__builtin_is_constant_evaluated()) return f(x)
#else
#define STRATA_ON_DEVICE(f, x)
#endif
/// Sign and first bits of a NaN are kept and it is made quiet: rounding could make it an infinity.
STRATA_HD constexpr std::uint16_t narrow_bf16(float x) {
    STRATA_ON_DEVICE(device_narrow_bf16, x);
    const std::uint32_t u = bits_of(x);
    return static_cast<std::uint16_t>((u & 0x7fffffffu) > 0x7f800000u ? (u >> 16 | 0x40u) : (u + 0x7fffu + (u >> 16 & 1u)) >> 16);
}
STRATA_HD constexpr float widen_f16(std::uint16_t h) {
    STRATA_ON_DEVICE(device_widen_f16, h);
    const std::uint32_t sign = std::uint32_t{h} << 16 & 0x80000000u, m = std::uint32_t{h} << 13 & 0x0fffe000u;
    if (m >= 0x0f800000u) return float_of(sign | (m + 0x70000000u));  // infinities and NaNs
    if (m >= 0x00800000u) return float_of(sign | (m + 0x38000000u));
    // A subnormal's bits are its last ones of a number between 2^-14 and 2^-13.
    return float_of(sign | bits_of(float_of(m + 0x38800000u) - float_of(0x38800000u)));
}
STRATA_HD constexpr std::uint16_t narrow_f16(float x) {
    STRATA_ON_DEVICE(device_narrow_f16, x);
    const std::uint32_t u = bits_of(x), sign = u >> 16 & 0x8000u, m = u & 0x7fffffffu;
    if (m > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u | (m >> 13 & 0x3ffu));
    if (m >= 0x47800000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // from 2^16 on; what rounds up to that, the line after next makes infinite
    // To a sum with 1/2 the addition leaves as many bits as a subnormal has.
    if (m < 0x38800000u) return static_cast<std::uint16_t>(sign | (bits_of(float_of(m) + 0.5f) - 0x3f000000u));
    return static_cast<std::uint16_t>(sign | (m - 0x38000000u + 0xfffu + (m >> 13 & 1u)) >> 13);
}
#undef STRATA_ON_DEVICE
}  // namespace detail

/// bfloat16: 8 bits of precision and the range of f32. `bf16(0.5f)` and assignment round a number; `bf16::from_bits(0x3f00)` takes bits.
struct bf16 {
    std::uint16_t bits = 0;
    bf16() = default;
    STRATA_HD constexpr explicit bf16(float x) : bits(detail::narrow_bf16(x)) {}
    STRATA_HD static constexpr bf16 from_bits(std::uint16_t bits) {
        bf16 y{};
        y.bits = bits;
        return y;
    }
    STRATA_HD constexpr operator float() const { return detail::widen_bf16(bits); }
    STRATA_HD constexpr bf16& operator=(float x) {
        bits = detail::narrow_bf16(x);
        return *this;
    }
};
/// IEEE half: 11 bits of precision, normal from 2^-14 to 65504.
struct f16 {
    std::uint16_t bits = 0;
    f16() = default;
    STRATA_HD constexpr explicit f16(float x) : bits(detail::narrow_f16(x)) {}
    STRATA_HD static constexpr f16 from_bits(std::uint16_t bits) {
        f16 y{};
        y.bits = bits;
        return y;
    }
    STRATA_HD constexpr operator float() const { return detail::widen_f16(bits); }
    STRATA_HD constexpr f16& operator=(float x) {
        bits = detail::narrow_f16(x);
        return *this;
    }
};

/// f32 of which products may read 11 bits of precision, as tensor cores do. Names a precision; nothing is stored so.
struct tf32 {};

/// Whether T is a float of 16 bits.
template <class T>
inline constexpr bool is_narrow = std::is_same_v<T, bf16> || std::is_same_v<T, f16>;
/// What elements of T are computed with: float for 16-bit floats and tf32, else T itself.
template <class T>
using Wide = std::conditional_t<is_narrow<T> || std::is_same_v<T, tf32>, float, T>;

/// x in 16 bits, rounded to nearest, ties to even.
template <class T>
    requires is_narrow<T>
STRATA_HD constexpr T narrow(float x) {
    return T(x);
}
/// What is left of x in 16 bits, as a float.
template <class T>
    requires is_narrow<T>
STRATA_HD constexpr float rounded(float x) {
    return narrow<T>(x);
}

}  // namespace strata
