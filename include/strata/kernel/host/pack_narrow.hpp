// SPDX-License-Identifier: BSL-1.0
/// Packs of f32 from and to memory of 16-bit floats: the formulas of core/narrow.hpp on lanes, bit for bit. Integer arithmetic alone, so that
/// any machine does the same, subnormals and NaNs included.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <strata/core/narrow.hpp>
#include <strata/kernel/host/pack.hpp>
#include <strata/kernel/host/pack_memory.hpp>

namespace strata::host::inline STRATA_VARIANT {

namespace detail {
/// The f32 nearest to v among those that a bf16 holds, as bits.
template <int W>
STRATA_INLINE Pack<std::int32_t, W> nearest_bf16(const Pack<float, W>& v) {
    using I = Pack<std::int32_t, W>;
    const I u = bits<std::int32_t>(v);
    const I quiet = u | I(0x00400000), near = u + I(0x7fff) + ((u >> I(16)) & I(1));
    return lane_where(v == v, near, quiet);
}
}  // namespace detail

/// W 16-bit floats as f32.
template <class H, int W>
STRATA_INLINE Pack<float, W> widened(const Pack<std::uint16_t, W>& h) {
    using I = Pack<std::int32_t, W>;
    const I u = convert<std::int32_t>(h) << I(16);
    if constexpr (std::is_same_v<H, bf16>) {
        return bits<float>(u);
    } else {
        const I sign = u & I(static_cast<std::int32_t>(0x80000000u)), m = (u >> I(3)) & I(0x0fffe000);
        const I small = bits<std::int32_t>(bits<float>(m + I(0x38800000)) - Pack<float, W>(0x1p-14f));
        const I normal = m + lane_where(m >= I(0x0f800000), I(0x70000000), I(0x38000000));
        return bits<float>(sign | lane_where(m >= I(0x00800000), normal, small));
    }
}
/// W floats in 16 bits, rounded to nearest, ties to even.
template <class H, int W>
STRATA_INLINE Pack<std::uint16_t, W> narrowed(const Pack<float, W>& v) {
    using I = Pack<std::int32_t, W>;
    if constexpr (std::is_same_v<H, bf16>) {
        return convert<std::uint16_t>(detail::nearest_bf16(v) >> I(16));
    } else {
        const I u = bits<std::int32_t>(v), m = u & I(0x7fffffff), sign = (u >> I(16)) & I(0x8000);
        const I small = bits<std::int32_t>(bits<float>(m) + Pack<float, W>(0.5f)) - I(0x3f000000);
        const I normal = (m - I(0x38000000) + I(0xfff) + ((m >> I(13)) & I(1))) >> I(13);
        const I large = lane_where(m > I(0x7f800000), I(0x7e00) | ((m >> I(13)) & I(0x3ff)), I(0x7c00));
        return convert<std::uint16_t>(sign | lane_where(m >= I(0x47800000), large, lane_where(m < I(0x38800000), small, normal)));
    }
}
/// What is left of v in 16 bits.
template <class H, int W>
STRATA_INLINE Pack<float, W> rounded(const Pack<float, W>& v) {
    if constexpr (std::is_same_v<H, bf16>)
        return bits<float>(detail::nearest_bf16(v) & Pack<std::int32_t, W>(static_cast<std::int32_t>(0xffff0000u)));
    else
        return widened<H>(narrowed<H>(v));
}
template <class T, int W, class To>
    requires is_narrow<To>
STRATA_INLINE Pack<float, W> lane_cast(const Pack<T, W>& p, std::type_identity<To>) {
    return rounded<To>(convert<float>(p));
}
template <class T, int W, class To>
    requires is_narrow<To>
STRATA_INLINE Pack<float, W> lane_cast(const Mask<T, W>& p, std::type_identity<To>) {
    return convert<float>(p);
}

template <class T, int W>
    requires is_narrow<T>
STRATA_INLINE Pack<float, W> load(const T* p) {
    return widened<T>(load<std::uint16_t, W>(&p->bits));
}
template <class T, int W>
    requires is_narrow<T>
STRATA_INLINE void store(T* p, const Pack<float, W>& v) {
    store(&p->bits, narrowed<T>(v));
}
template <class T, int W>
    requires is_narrow<T>
STRATA_INLINE Pack<float, W> load_partial(const T* p, int n) {
    return widened<T>(load_partial<std::uint16_t, W>(&p->bits, n));
}
template <class T, int W>
    requires is_narrow<T>
STRATA_INLINE void store_partial(T* p, int n, const Pack<float, W>& v) {
    store_partial(&p->bits, n, narrowed<T>(v));
}

}  // namespace strata::host
