// SPDX-License-Identifier: BSL-1.0
/// SIMD numbers: Pack<T, W> is W elements with the operators of one, Mask<T, W> the W answers of a comparison.
/// Both hold a plain array, because nvcc's front end takes no vector members; operators go to GCC's vector type and back,
/// which costs no instruction. A pack wider than a register is worked on half by half, so one W may serve float, double and integers.
#pragma once

#include <cstdint>
#include <type_traits>

#include <strata/core/narrow.hpp>

namespace strata::host::inline STRATA_VARIANT {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;  // SSE2 and NEON; others get the compiler's emulation
#endif

/// Elements of T in one register.
template <class T>
inline constexpr int native_width = register_bytes / static_cast<int>(sizeof(T));

template <class T, int W>
struct Pack;
template <class T, int W>
struct Mask;

namespace detail {
template <class T, int W>
struct VectorOf {
    typedef T type __attribute__((vector_size(sizeof(T) * W)));
    typedef T loose __attribute__((vector_size(sizeof(T) * W), aligned(alignof(T)), may_alias));  // in memory, at any address that suits a T
};
template <class T, int W>
using Vector = typename VectorOf<T, W>::type;

/// A register's, and no more: what is aligned beyond it cannot be passed by value without a note from g++.
template <class T, int W>
inline constexpr int alignment = static_cast<int>(sizeof(T)) * W < register_bytes ? static_cast<int>(sizeof(T)) * W : register_bytes;

template <class T>
using IntegerLike = std::conditional_t<sizeof(T) == 8, std::int64_t, std::conditional_t<sizeof(T) == 4, std::int32_t, std::int8_t>>;

template <class P>
inline constexpr bool whole = sizeof(P) <= register_bytes;
template <class P>
using VectorFor = Vector<typename P::Element, P::width>;

// Not memcpy: for 32 bytes g++ 12 makes of that two copies of 16, through memory.
template <class T, int W>
STRATA_INLINE Vector<T, W> load_vector(const T* p) {
    return *reinterpret_cast<const typename VectorOf<T, W>::loose*>(p);
}
template <class T, class V>
STRATA_INLINE void store_vector(T* p, V v) {
    *reinterpret_cast<typename VectorOf<T, sizeof(V) / sizeof(T)>::loose*>(p) = (Vector<T, sizeof(V) / sizeof(T)>)v;
}
template <class P>
STRATA_INLINE VectorFor<P> vector(const P& p) {
    return load_vector<typename P::Element, P::width>(p.lane);
}
template <class R, class V>
STRATA_INLINE R from_vector(V v) {
    static_assert(sizeof(V) == sizeof(R));
    R r;
    store_vector(r.lane, v);
    return r;
}
template <class R, class H>
STRATA_INLINE R join(const H& a, const H& b);
/// The lanes from p on: a register, or more of them.
template <class P>
STRATA_INLINE P at(const typename P::Element* p) {
    if constexpr (whole<P>)
        return from_vector<P>(load_vector<typename P::Element, P::width>(p));
    else
        return join<P>(at<typename P::Half>(p), at<typename P::Half>(p + P::width / 2));
}
template <class P>
STRATA_INLINE void put(typename P::Element* p, const P& v) {
    if constexpr (whole<P>) {
        store_vector(p, vector(v));
    } else {
        put(p, at<typename P::Half>(v.lane));
        put(p + P::width / 2, at<typename P::Half>(v.lane + P::width / 2));
    }
}
/// The first and the second half. Of one register by a shuffle: g++ 12 goes through memory for a copy. (nvcc drops `...` in its arguments.)
template <class P, int F = 0>
STRATA_INLINE typename P::Half low(const P& p) {
    using H = typename P::Half;
    if constexpr (whole<P> && H::width == 8) {
        return from_vector<H>(__builtin_shufflevector(vector(p), vector(p), F, F + 1, F + 2, F + 3, F + 4, F + 5, F + 6, F + 7));
    } else if constexpr (whole<P> && H::width == 4) {
        return from_vector<H>(__builtin_shufflevector(vector(p), vector(p), F, F + 1, F + 2, F + 3));
    } else if constexpr (whole<P> && H::width == 2) {
        return from_vector<H>(__builtin_shufflevector(vector(p), vector(p), F, F + 1));
    } else {
        return at<H>(p.lane + F);
    }
}
template <class P>
STRATA_INLINE typename P::Half high(const P& p) {
    return low<P, P::width / 2>(p);
}
template <class R, class H>
STRATA_INLINE R join(const H& a, const H& b) {
    R r;
    put(r.lane, a);
    put(r.lane + R::width / 2, b);
    return r;
}
/// x in every lane.
template <class P>
STRATA_INLINE P splat(typename P::Element x) {
    if constexpr (whole<P>) {
        // Not V{} + x: for the sake of -0.0 that is a real addition. In two statements, because nvcc's device pass dies of one.
        VectorFor<P> v;
        v = x - VectorFor<P>{};
        return from_vector<P>(v);
    } else {
        const auto half = splat<typename P::Half>(x);
        return join<P>(half, half);
    }
}
/// Op::run on the vectors of the operands, register by register.
template <class R, class Op, class... P>
STRATA_INLINE R lanewise(const P&... p) {
    if constexpr (whole<R> && (whole<P> && ...))
        return from_vector<R>(Op::run(vector(p)...));
    else
        return join<R>(lanewise<typename R::Half, Op>(low(p)...), lanewise<typename R::Half, Op>(high(p)...));
}

// clang fuses a b + c within one statement only, unless it is told otherwise.
#if defined(__clang__)
#define STRATA_CONTRACT _Pragma("clang fp contract(fast)")
#else
#define STRATA_CONTRACT
#endif
#define STRATA_BINARY(name, symbol)               \
    struct name {                                 \
        template <class V>                        \
        STRATA_INLINE static auto run(V a, V b) { \
            STRATA_CONTRACT                       \
            return a symbol b;                    \
        }                                         \
    };
/// Integers go round at their ends: to the language that is an error with signs, and plain arithmetic without.
template <class V>
STRATA_INLINE auto modular(V v) {
    using E = std::remove_cvref_t<decltype(v[0])>;
    if constexpr (std::is_integral_v<E>)
        return reinterpret_cast<Vector<std::make_unsigned_t<E>, sizeof(V) / sizeof(E)>>(v);
    else
        return v;
}
#define STRATA_MODULAR(name, symbol)                                            \
    struct name {                                                             \
        template <class V>                                                    \
        STRATA_INLINE static auto run(V a, V b) {                             \
            STRATA_CONTRACT                                                   \
            if constexpr (std::is_same_v<decltype(modular(a)), V>)           \
                return a symbol b;                                            \
            else                                                              \
                return reinterpret_cast<V>(modular(a) symbol modular(b));   \
        }                                                                     \
    };
STRATA_MODULAR(Add, +)
STRATA_MODULAR(Subtract, -)
STRATA_MODULAR(Multiply, *)
#undef STRATA_MODULAR
STRATA_BINARY(And, &)
STRATA_BINARY(Or, |)
STRATA_BINARY(Xor, ^)
STRATA_BINARY(ShiftLeft, <<)
STRATA_BINARY(ShiftRight, >>)
STRATA_BINARY(Less, <)
STRATA_BINARY(LessEqual, <=)
STRATA_BINARY(Greater, >)
STRATA_BINARY(GreaterEqual, >=)
STRATA_BINARY(Equal, ==)
STRATA_BINARY(NotEqual, !=)
#undef STRATA_BINARY
struct Negate {
    template <class V>
    STRATA_INLINE static V run(V a) {
        return -a;
    }
};
/// As math::divide: a processor stops at a quotient of integers that is none, which may stand in lanes that do not count.
struct Divide {
    template <class V>
    STRATA_INLINE static V run(V a, V b) {
        using E = std::remove_cvref_t<decltype(b[0])>;
        if constexpr (!std::is_integral_v<E>) {
            return a / b;
        } else {
            const auto none = b == 0, minus = std::is_signed_v<E> ? b == static_cast<E>(-1) : b != b;
            const V q = minus ? reinterpret_cast<V>(-modular(a)) : a / ((none | minus) ? V{} + 1 : b);
            return none ? V{} : q;
        }
    }
};
struct Invert {
    template <class V>
    STRATA_INLINE static V run(V a) {
        return ~a;
    }
};
struct Fma {
    template <class V>
    STRATA_INLINE static V run(V a, V b, V c) {
        STRATA_CONTRACT
        return a * b + c;
    }
};
#undef STRATA_CONTRACT
struct Where {
    template <class M, class V>
    STRATA_INLINE static V run(M m, V a, V b) {
        return m ? a : b;
    }
};
template <class To>
struct Convert {
    template <class V>
    STRATA_INLINE static auto run(V a) {
        using Result = Vector<To, sizeof(V) / sizeof(a[0])>;
        return __builtin_convertvector(a, Result);
    }
};

// b > a ? b : a is what the instruction does, but g++ 12 compares and blends.
struct Max {
    template <class V>
    STRATA_INLINE static V run(V a, V b) {
        return b > a ? b : a;
    }
#if !defined(__clang__) && defined(__SSE2__)
    STRATA_INLINE static Vector<float, 4> run(Vector<float, 4> a, Vector<float, 4> b) { return __builtin_ia32_maxps(b, a); }
    STRATA_INLINE static Vector<double, 2> run(Vector<double, 2> a, Vector<double, 2> b) { return __builtin_ia32_maxpd(b, a); }
#endif
#if !defined(__clang__) && defined(__AVX__)
    STRATA_INLINE static Vector<float, 8> run(Vector<float, 8> a, Vector<float, 8> b) { return __builtin_ia32_maxps256(b, a); }
    STRATA_INLINE static Vector<double, 4> run(Vector<double, 4> a, Vector<double, 4> b) { return __builtin_ia32_maxpd256(b, a); }
#endif
#if !defined(__clang__) && defined(__AVX512F__)
    STRATA_INLINE static Vector<float, 16> run(Vector<float, 16> a, Vector<float, 16> b) {
        return __builtin_ia32_maxps512_mask(b, a, b, -1, 4);
    }
    STRATA_INLINE static Vector<double, 8> run(Vector<double, 8> a, Vector<double, 8> b) {
        return __builtin_ia32_maxpd512_mask(b, a, b, 0xff, 4);
    }
#endif
};
struct Min {
    template <class V>
    STRATA_INLINE static V run(V a, V b) {
        return b < a ? b : a;
    }
#if !defined(__clang__) && defined(__SSE2__)
    STRATA_INLINE static Vector<float, 4> run(Vector<float, 4> a, Vector<float, 4> b) { return __builtin_ia32_minps(b, a); }
    STRATA_INLINE static Vector<double, 2> run(Vector<double, 2> a, Vector<double, 2> b) { return __builtin_ia32_minpd(b, a); }
#endif
#if !defined(__clang__) && defined(__AVX__)
    STRATA_INLINE static Vector<float, 8> run(Vector<float, 8> a, Vector<float, 8> b) { return __builtin_ia32_minps256(b, a); }
    STRATA_INLINE static Vector<double, 4> run(Vector<double, 4> a, Vector<double, 4> b) { return __builtin_ia32_minpd256(b, a); }
#endif
#if !defined(__clang__) && defined(__AVX512F__)
    STRATA_INLINE static Vector<float, 16> run(Vector<float, 16> a, Vector<float, 16> b) {
        return __builtin_ia32_minps512_mask(b, a, b, -1, 4);
    }
    STRATA_INLINE static Vector<double, 8> run(Vector<double, 8> a, Vector<double, 8> b) {
        return __builtin_ia32_minpd512_mask(b, a, b, 0xff, 4);
    }
#endif
};
}  // namespace detail

// What a formula writes on packs may stand in a function for host and device; nvcc then must not check that these run on a device. They never do.
#if defined(__CUDACC__)
#define STRATA_ANYWHERE _Pragma("nv_exec_check_disable")
#else
#define STRATA_ANYWHERE
#endif
#define STRATA_LANES STRATA_HD STRATA_INLINE

/// W answers: each lane is all ones or zero, an integer of T's size. Stands for element type bool.
/// Masks of another T but the same W convert and combine.
template <class T, int W>
struct alignas(detail::alignment<T, W>) Mask {
    using Element = detail::IntegerLike<T>;
    using Half = Mask<T, W / 2>;
    static constexpr int width = W;

    Element lane[W];

    Mask() = default;
    STRATA_ANYWHERE template <class U>
        requires std::is_same_v<U, bool>  // and nothing that would convert to bool, such as a pointer
    STRATA_LANES Mask(U all) {
        *this = detail::splat<Mask>(all ? -1 : 0);
    }
    STRATA_ANYWHERE template <class U>
        requires(!std::is_same_v<U, T>)
    STRATA_LANES Mask(const Mask<U, W>& m) {
        if constexpr (sizeof(U) == sizeof(T))
            *this = detail::at<Mask>(m.lane);
        else
            *this = detail::lanewise<Mask, detail::Convert<Element>>(m);
    }

    STRATA_ANYWHERE friend STRATA_LANES Mask operator!(const Mask& a) { return detail::lanewise<Mask, detail::Invert>(a); }
    STRATA_ANYWHERE template <class U>
    friend STRATA_LANES Mask operator&(const Mask& a, const Mask<U, W>& b) { return detail::lanewise<Mask, detail::And>(a, Mask(b)); }
    STRATA_ANYWHERE template <class U>
    friend STRATA_LANES Mask operator|(const Mask& a, const Mask<U, W>& b) { return detail::lanewise<Mask, detail::Or>(a, Mask(b)); }
    STRATA_ANYWHERE template <class U>
    friend STRATA_LANES Mask operator^(const Mask& a, const Mask<U, W>& b) { return detail::lanewise<Mask, detail::Xor>(a, Mask(b)); }
    /// Where two answers agree, and where they differ.
    STRATA_ANYWHERE friend STRATA_LANES Mask operator==(const Mask& a, const Mask& b) { return detail::lanewise<Mask, detail::Equal>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Mask operator!=(const Mask& a, const Mask& b) { return detail::lanewise<Mask, detail::Xor>(a, b); }
};

/// W numbers.   Needs: W a power of two. `Pack()` leaves the lanes unset, `Pack{}` makes them zero; a scalar of any type becomes W copies.
template <class T, int W>
struct alignas(detail::alignment<T, W>) Pack {
    static_assert(W > 0 && (W & (W - 1)) == 0, "strata: a pack holds a power of two of elements");
    using Element = T;
    using Half = Pack<T, W / 2>;
    static constexpr int width = W;

    T lane[W];

    Pack() = default;
    STRATA_ANYWHERE template <class U>
        requires std::is_arithmetic_v<U>
    STRATA_LANES Pack(U x) {
        *this = detail::splat<Pack>(static_cast<T>(x));
    }

    STRATA_ANYWHERE friend STRATA_LANES Pack operator+(const Pack& a, const Pack& b) { return detail::lanewise<Pack, detail::Add>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator-(const Pack& a, const Pack& b) { return detail::lanewise<Pack, detail::Subtract>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator*(const Pack& a, const Pack& b) { return detail::lanewise<Pack, detail::Multiply>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator/(const Pack& a, const Pack& b) { return detail::lanewise<Pack, detail::Divide>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator-(const Pack& a) { return detail::lanewise<Pack, detail::Negate>(a); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator+(const Pack& a) { return a; }
    STRATA_ANYWHERE STRATA_LANES Pack& operator+=(const Pack& b) { return *this = *this + b; }
    STRATA_ANYWHERE STRATA_LANES Pack& operator-=(const Pack& b) { return *this = *this - b; }
    STRATA_ANYWHERE STRATA_LANES Pack& operator*=(const Pack& b) { return *this = *this * b; }
    STRATA_ANYWHERE STRATA_LANES Pack& operator/=(const Pack& b) { return *this = *this / b; }

    STRATA_ANYWHERE friend STRATA_LANES Mask<T, W> operator<(const Pack& a, const Pack& b) { return detail::lanewise<Mask<T, W>, detail::Less>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Mask<T, W> operator<=(const Pack& a, const Pack& b) { return detail::lanewise<Mask<T, W>, detail::LessEqual>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Mask<T, W> operator>(const Pack& a, const Pack& b) { return detail::lanewise<Mask<T, W>, detail::Greater>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Mask<T, W> operator>=(const Pack& a, const Pack& b) { return detail::lanewise<Mask<T, W>, detail::GreaterEqual>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Mask<T, W> operator==(const Pack& a, const Pack& b) { return detail::lanewise<Mask<T, W>, detail::Equal>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Mask<T, W> operator!=(const Pack& a, const Pack& b) { return detail::lanewise<Mask<T, W>, detail::NotEqual>(a, b); }

    // Bits of integers.
    STRATA_ANYWHERE friend STRATA_LANES Pack operator~(const Pack& a) requires std::is_integral_v<T> { return detail::lanewise<Pack, detail::Invert>(a); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator&(const Pack& a, const Pack& b) requires std::is_integral_v<T> { return detail::lanewise<Pack, detail::And>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator|(const Pack& a, const Pack& b) requires std::is_integral_v<T> { return detail::lanewise<Pack, detail::Or>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator^(const Pack& a, const Pack& b) requires std::is_integral_v<T> { return detail::lanewise<Pack, detail::Xor>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator<<(const Pack& a, const Pack& b) requires std::is_integral_v<T> { return detail::lanewise<Pack, detail::ShiftLeft>(a, b); }
    STRATA_ANYWHERE friend STRATA_LANES Pack operator>>(const Pack& a, const Pack& b) requires std::is_integral_v<T> { return detail::lanewise<Pack, detail::ShiftRight>(a, b); }
};

#undef STRATA_ANYWHERE
#undef STRATA_LANES

/// What holds W elements of T: a mask for bool (as wide as float), floats for 16-bit floats, else a pack.
template <class T, int W>
using PackOf = std::conditional_t<std::is_same_v<T, bool>, Mask<float, W>, Pack<Wide<T>, W>>;

/// The same bits as elements of U.   Needs: sizeof(U) == sizeof(T).
template <class U, class T, int W>
STRATA_INLINE Pack<U, W> bits(const Pack<T, W>& p) {
    static_assert(sizeof(U) == sizeof(T), "strata: only elements of the same size share their bits");
    if constexpr (detail::whole<Pack<U, W>>)
        return detail::from_vector<Pack<U, W>>(detail::vector(p));
    else
        return detail::join<Pack<U, W>>(bits<U>(detail::low(p)), bits<U>(detail::high(p)));
}

/// Each element as a To; towards zero for integers; what does not fit is unspecified (lane_cast says what it becomes).
template <class To, class T, int W>
STRATA_INLINE PackOf<To, W> convert(const Pack<T, W>& p) {
    if constexpr (std::is_same_v<To, T>)
        return p;
    else if constexpr (std::is_same_v<To, bool>)
        return p != Pack<T, W>(0);
    else
        return detail::lanewise<Pack<To, W>, detail::Convert<To>>(p);
}
/// 1 where the mask holds, else 0.
template <class To, class T, int W>
STRATA_INLINE PackOf<To, W> convert(const Mask<T, W>& m) {
    if constexpr (std::is_same_v<To, bool>)
        return m;
    else
        return lane_where(m, Pack<To, W>(1), Pack<To, W>(0));
}

template <class U, class T, int W>
STRATA_INLINE Pack<T, W> lane_where(const Mask<U, W>& m, const Pack<T, W>& a, const Pack<T, W>& b) {
    return detail::lanewise<Pack<T, W>, detail::Where>(Mask<T, W>(m), a, b);
}
template <class U, class T, int W>
STRATA_INLINE Mask<T, W> lane_where(const Mask<U, W>& m, const Mask<T, W>& a, const Mask<T, W>& b) {
    return detail::lanewise<Mask<T, W>, detail::Where>(Mask<T, W>(m), a, b);
}
template <class U, int W, class T>
    requires std::is_arithmetic_v<T>
STRATA_INLINE PackOf<T, W> lane_where(const Mask<U, W>& m, T a, T b) {
    return lane_where(m, PackOf<T, W>(a), PackOf<T, W>(b));
}
/// See math::max for NaN.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_max(const Pack<T, W>& a, const Pack<T, W>& b) {
    return detail::lanewise<Pack<T, W>, detail::Max>(a, b);
}
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_min(const Pack<T, W>& a, const Pack<T, W>& b) {
    return detail::lanewise<Pack<T, W>, detail::Min>(a, b);
}
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_fma(const Pack<T, W>& a, const Pack<T, W>& b, const Pack<T, W>& c) {
    return detail::lanewise<Pack<T, W>, detail::Fma>(a, b, c);
}

/// The sum of all lanes, as a tree: lane i with lane i + W/2 first. The order depends on W alone.
template <class T, int W>
STRATA_INLINE T sum(const Pack<T, W>& p) {
    if constexpr (W == 1)
        return p.lane[0];
    else
        return sum(detail::low(p) + detail::high(p));
}
template <class T, int W>
STRATA_INLINE T max(const Pack<T, W>& p) {
    if constexpr (W == 1)
        return p.lane[0];
    else
        return max(lane_max(detail::low(p), detail::high(p)));
}
template <class T, int W>
STRATA_INLINE T min(const Pack<T, W>& p) {
    if constexpr (W == 1)
        return p.lane[0];
    else
        return min(lane_min(detail::low(p), detail::high(p)));
}
/// Whether some lane, every lane, holds.
template <class T, int W>
STRATA_INLINE bool any(const Mask<T, W>& m) {
    if constexpr (W == 1)
        return m.lane[0] != 0;
    else
        return any(detail::low(m) | detail::high(m));
}
template <class T, int W>
STRATA_INLINE bool all(const Mask<T, W>& m) {
    return !any(!m);
}

namespace detail {
template <class T, int W>
struct Ramp {
    T at[W]{};
    constexpr Ramp() {
        for (int i = 0; i < W; ++i) at[i] = static_cast<T>(i);
    }
};
template <class T, int W>
alignas(64) inline constexpr Ramp<T, W> ramp{};
}  // namespace detail
/// 0, 1, 2, ...
template <class T, int W>
STRATA_INLINE Pack<T, W> iota() {
    if constexpr (detail::whole<Pack<T, W>>) {
        return detail::at<Pack<T, W>>(detail::ramp<T, W>.at);
    } else {
        const auto half = iota<T, W / 2>();
        return detail::join<Pack<T, W>>(half, half + Pack<T, W / 2>(W / 2));
    }
}
/// Holds in the first n lanes; n may lie outside [0, W].
template <class T, int W>
STRATA_INLINE Mask<T, W> first_lanes(int n) {
    using I = detail::IntegerLike<T>;
    return iota<I, W>() < Pack<I, W>(n);
}

}  // namespace strata::host
