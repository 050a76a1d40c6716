// SPDX-License-Identifier: BSL-1.0
/// Packs from and to memory at any address that suits an element. A mask is a row of bools in memory.
/// What is partial reads and writes nothing past element n, so it may end at a page nobody owns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <strata/kernel/host/pack.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// W elements from p: a pack, or a mask for bools.
template <class T, int W>
STRATA_INLINE PackOf<T, W> load(const T* p) {
    if constexpr (std::is_same_v<T, bool>) {
        return load<std::uint8_t, W>(reinterpret_cast<const std::uint8_t*>(p)) != Pack<std::uint8_t, W>(0);
    } else {
        return detail::at<Pack<T, W>>(p);
    }
}
template <class T, int W>
STRATA_INLINE void store(T* p, const Pack<T, W>& v) {
    detail::put(p, v);
}
template <class T, int W>
STRATA_INLINE void store(bool* p, const Mask<T, W>& m) {
    store(reinterpret_cast<std::uint8_t*>(p), convert<std::uint8_t>(m));
}

namespace detail {
// Masked instructions by register and element size; the predicate tells where they exist.
#if defined(__AVX512F__)
template <class T>
inline constexpr bool masked_512 = sizeof(T) == 4 || sizeof(T) == 8;
#else
template <class T>
inline constexpr bool masked_512 = false;
#endif
#if defined(__AVX__)
template <class T>
inline constexpr bool masked_avx = sizeof(T) == 4 || sizeof(T) == 8;
#else
template <class T>
inline constexpr bool masked_avx = false;
#endif

template <class P>
STRATA_INLINE P masked_load([[maybe_unused]] const void* p, [[maybe_unused]] int n) {
    using T = typename P::Element;
    using F = std::conditional_t<sizeof(T) == 8, double, float>;
    [[maybe_unused]] VectorFor<Pack<F, P::width>> v{};
#if defined(__AVX512F__)
    if constexpr (sizeof(P) == 64 && sizeof(T) == 4) {
        v = __builtin_ia32_loadups512_mask(static_cast<const float*>(p), v, static_cast<unsigned short>((1u << n) - 1));
        return from_vector<P>(v);
    } else if constexpr (sizeof(P) == 64) {
        v = __builtin_ia32_loadupd512_mask(static_cast<const double*>(p), v, static_cast<unsigned char>((1u << n) - 1));
        return from_vector<P>(v);
    }
#endif
#if defined(__AVX__)
    using I = IntegerLike<T>;
    if constexpr (sizeof(P) <= 32) {
        const auto mask = vector(first_lanes<I, P::width>(n));
        if constexpr (sizeof(P) == 32 && sizeof(T) == 4)
            v = __builtin_ia32_maskloadps256(static_cast<const Vector<float, 8>*>(p), mask);
        else if constexpr (sizeof(P) == 16 && sizeof(T) == 4)
            v = __builtin_ia32_maskloadps(static_cast<const Vector<float, 4>*>(p), mask);
        else if constexpr (sizeof(P) == 32)
            v = __builtin_ia32_maskloadpd256(static_cast<const Vector<double, 4>*>(p), (Vector<long long, 4>)mask);
        else
            v = __builtin_ia32_maskloadpd(static_cast<const Vector<double, 2>*>(p), (Vector<long long, 2>)mask);
        return from_vector<P>(v);
    }
#endif
    return P{};
}
template <class P>
STRATA_INLINE void masked_store([[maybe_unused]] void* p, [[maybe_unused]] int n, [[maybe_unused]] const P& from) {
    using T = typename P::Element;
    using F = std::conditional_t<sizeof(T) == 8, double, float>;
    [[maybe_unused]] const auto v = (VectorFor<Pack<F, P::width>>)vector(from);
#if defined(__AVX512F__)
    if constexpr (sizeof(P) == 64 && sizeof(T) == 4) {
        __builtin_ia32_storeups512_mask(static_cast<float*>(p), v, static_cast<unsigned short>((1u << n) - 1));
    } else if constexpr (sizeof(P) == 64) {
        __builtin_ia32_storeupd512_mask(static_cast<double*>(p), v, static_cast<unsigned char>((1u << n) - 1));
    }
#endif
#if defined(__AVX__)
    using I = IntegerLike<T>;
    if constexpr (sizeof(P) <= 32) {
        const auto mask = vector(first_lanes<I, P::width>(n));
        if constexpr (sizeof(P) == 32 && sizeof(T) == 4)
            __builtin_ia32_maskstoreps256(static_cast<Vector<float, 8>*>(p), mask, v);
        else if constexpr (sizeof(P) == 16 && sizeof(T) == 4)
            __builtin_ia32_maskstoreps(static_cast<Vector<float, 4>*>(p), mask, v);
        else if constexpr (sizeof(P) == 32)
            __builtin_ia32_maskstorepd256(static_cast<Vector<double, 4>*>(p), (Vector<long long, 4>)mask, v);
        else
            __builtin_ia32_maskstorepd(static_cast<Vector<double, 2>*>(p), (Vector<long long, 2>)mask, v);
    }
#endif
}
template <class P>
inline constexpr bool maskable =
    (sizeof(P) == 64 && masked_512<typename P::Element>) || ((sizeof(P) == 32 || sizeof(P) == 16) && masked_avx<typename P::Element>);
}  // namespace detail

/// The first n elements from p, zero (false) in the other lanes.   Needs: 0 <= n <= W.
template <class T, int W>
STRATA_INLINE PackOf<T, W> load_partial(const T* p, int n) {
    if constexpr (std::is_same_v<T, bool>) {
        return load_partial<std::uint8_t, W>(reinterpret_cast<const std::uint8_t*>(p), n) != Pack<std::uint8_t, W>(0);
    } else if constexpr (!detail::whole<Pack<T, W>>) {
        using Half = Pack<T, W / 2>;
        if (n <= W / 2) return detail::join<Pack<T, W>>(load_partial<T, W / 2>(p, n), Half(0));
        return detail::join<Pack<T, W>>(load<T, W / 2>(p), load_partial<T, W / 2>(p + W / 2, n - W / 2));
    } else if constexpr (detail::maskable<Pack<T, W>>) {
        return detail::masked_load<Pack<T, W>>(p, n);
    } else {
        Pack<T, W> r(0);
        for (int i = 0; i < n; ++i) r.lane[i] = p[i];
        return r;
    }
}
/// Stores the first n lanes and touches nothing else.   Needs: 0 <= n <= W.
template <class T, int W>
STRATA_INLINE void store_partial(T* p, int n, const Pack<T, W>& v) {
    if constexpr (!detail::whole<Pack<T, W>>) {
        if (n <= W / 2) {
            store_partial(p, n, detail::low(v));
        } else {
            store(p, detail::low(v));
            store_partial(p + W / 2, n - W / 2, detail::high(v));
        }
    } else if constexpr (detail::maskable<Pack<T, W>>) {
        detail::masked_store(p, n, v);
    } else {
        for (int i = 0; i < n; ++i) p[i] = v.lane[i];
    }
}
template <class T, int W>
STRATA_INLINE void store_partial(bool* p, int n, const Mask<T, W>& m) {
    store_partial(reinterpret_cast<std::uint8_t*>(p), n, convert<std::uint8_t>(m));
}

/// Lane i from p[i stride], for i < n; zero (false) in the other lanes.
template <class T, int W>
STRATA_INLINE PackOf<T, W> load_strided(const T* p, std::ptrdiff_t stride, int n = W) {
    if constexpr (std::is_same_v<T, bool>) {
        return load_strided<std::uint8_t, W>(reinterpret_cast<const std::uint8_t*>(p), stride, n) != Pack<std::uint8_t, W>(0);
    } else {
        Pack<T, W> r(0);
        for (int i = 0; i < n; ++i) r.lane[i] = p[i * stride];
        return r;
    }
}
/// Lane i to p[i stride], for i < n.
template <class T, int W>
STRATA_INLINE void store_strided(T* p, std::ptrdiff_t stride, const Pack<T, W>& v, int n = W) {
    for (int i = 0; i < n; ++i) p[i * stride] = v.lane[i];
}
template <class T, int W>
STRATA_INLINE void store_strided(bool* p, std::ptrdiff_t stride, const Mask<T, W>& m, int n = W) {
    for (int i = 0; i < n; ++i) p[i * stride] = m.lane[i] != 0;
}

}  // namespace strata::host
