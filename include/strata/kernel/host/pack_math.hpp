// SPDX-License-Identifier: BSL-1.0
/// The elementary functions on packs, without branches: math::exp and its like come here.
/// float: own polynomials (fitted by tests/golden/fit_polynomials.py); double: series long enough for 4 ulp, erf and pow by the C library.
/// Largest errors seen are in the tests. Out of range and NaN give what the C library gives, but results below the least normal number are 0.
#pragma once

#include <cstdint>
#include <type_traits>

#include <strata/core/math.hpp>
#include <strata/kernel/host/pack.hpp>

namespace strata::host::inline STRATA_VARIANT {

namespace detail {
/// What floating-point formats are made of.
template <class T>
struct Format;
template <>
struct Format<float> {
    using Bits = std::int32_t;
    static constexpr int mantissa = 23, bias = 127;
    static constexpr float round_bias = 0x1.8p23f;           // adding it rounds to an integer, which then stands in the low bits
    static constexpr float least_exp = -0x1.5d589ep6f, most_exp = 0x1.62e42ep6f;  // exp is normal between these
    static constexpr float safe_exp = 87.3f;                 // 1 / exp of it is still normal: a denormal would cost an assist
    static constexpr float ln2_high = 0x1.63p-1f, ln2_low = -0x1.bd0106p-13f;
    static constexpr Bits half_root = 0x3f3504f3;            // the bits of sqrt(1/2)
};
template <>
struct Format<double> {
    using Bits = std::int64_t;
    static constexpr int mantissa = 52, bias = 1023;
    static constexpr double round_bias = 0x1.8p52;
    static constexpr double least_exp = -708.3964185322641, most_exp = 709.782712893384;
    static constexpr double safe_exp = 708.0;
    static constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
    static constexpr Bits half_root = 0x3fe6a09e667f3bcd;
};

/// 2^n (1 + tail), |tail| <= 0.42; `scale` holds n in its low bits, shifted into the exponent.
template <class P>
struct ExpParts {
    P tail;
    Pack<typename Format<typename P::Element>::Bits, P::width> scale;
};
/// 2^n e^r.   shifted: n plus the constant that rounds.
template <class T, int W>
STRATA_INLINE ExpParts<Pack<T, W>> parts_of(const Pack<T, W>& shifted, const Pack<T, W>& r) {
    using I = typename Format<T>::Bits;
    Pack<T, W> q;
    if constexpr (std::is_same_v<T, float>)
        q = math::horner(r, 5.000000000e-01f, 1.666666567e-01f, 4.166649282e-02f, 8.333543316e-03f, 1.393234706e-03f, 1.976425992e-04f);
    else
        q = math::horner(r, 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040, 1. / 40320, 1. / 362880, 1. / 3628800, 1. / 39916800, 1. / 479001600,
                         1. / 6227020800);
    return {lane_fma(q * r, r, r), bits<I>(shifted) << Pack<I, W>(Format<T>::mantissa)};
}
template <class T, int W>
STRATA_INLINE ExpParts<Pack<T, W>> exp_parts(const Pack<T, W>& x) {
    using F = Format<T>;
    using P = Pack<T, W>;
    const P shifted = lane_fma(x, P(1.4426950408889634), P(F::round_bias));
    const P n = shifted - P(F::round_bias);
    return parts_of(shifted, lane_fma(n, P(-F::ln2_low), lane_fma(n, P(-F::ln2_high), x)));
}
/// exp without its limits.   Needs: least_exp <= x <= most_exp; elsewhere the result is meaningless.
template <class T, int W>
STRATA_INLINE Pack<T, W> exp_inside(const Pack<T, W>& x) {
    const auto e = exp_parts(x);
    return bits<T>(bits<typename Format<T>::Bits>(Pack<T, W>(1) + e.tail) + e.scale);
}
/// exp(x) - 1.   Needs: 0 <= x <= safe_exp, or a small negative number.
template <class T, int W>
STRATA_INLINE Pack<T, W> expm1_inside(const Pack<T, W>& x) {
    const auto e = exp_parts(x);
    const Pack<T, W> two_n = bits<T>(bits<typename Format<T>::Bits>(Pack<T, W>(1)) + e.scale);
    return lane_fma(two_n, e.tail, two_n - Pack<T, W>(1));
}
template <class T, int W>
STRATA_INLINE Pack<T, W> sign_of(const Pack<T, W>& x) {
    using P = Pack<typename Format<T>::Bits, W>;
    return bits<T>(bits<typename P::Element>(x) & bits<typename P::Element>(Pack<T, W>(-0.0)));
}
/// |x| is taken to have no sign; the sign of `from` is put on it.
template <class T, int W>
STRATA_INLINE Pack<T, W> with_sign(const Pack<T, W>& x, const Pack<T, W>& from) {
    using I = typename Format<T>::Bits;
    return bits<T>(bits<I>(x) | bits<I>(sign_of(from)));
}
/// One scalar function on each lane.
template <class P, class F, class... More>
STRATA_INLINE P each_lane(F f, const P& x, const More&... more) {
    P r;
    for (int i = 0; i < P::width; ++i) r.lane[i] = f(x.lane[i], more.lane[i]...);
    return r;
}

struct Root {
    template <class V>
    STRATA_INLINE static V run(V a) {
        V r;
        for (unsigned i = 0; i < sizeof(V) / sizeof(a[0]); ++i) {
            if constexpr (sizeof(a[0]) == 4)
                r[i] = __builtin_sqrtf(a[i]);
            else
                r[i] = __builtin_sqrt(a[i]);
        }
        return r;
    }
#if defined(__SSE2__)
    STRATA_INLINE static Vector<float, 4> run(Vector<float, 4> a) { return __builtin_ia32_sqrtps(a); }
    STRATA_INLINE static Vector<double, 2> run(Vector<double, 2> a) { return __builtin_ia32_sqrtpd(a); }
#endif
#if defined(__AVX__)
    STRATA_INLINE static Vector<float, 8> run(Vector<float, 8> a) { return __builtin_ia32_sqrtps256(a); }
    STRATA_INLINE static Vector<double, 4> run(Vector<double, 4> a) { return __builtin_ia32_sqrtpd256(a); }
#endif
#if defined(__AVX512F__) && defined(__clang__)
    STRATA_INLINE static Vector<float, 16> run(Vector<float, 16> a) { return __builtin_ia32_sqrtps512(a, 4); }
    STRATA_INLINE static Vector<double, 8> run(Vector<double, 8> a) { return __builtin_ia32_sqrtpd512(a, 4); }
#elif defined(__AVX512F__)
    STRATA_INLINE static Vector<float, 16> run(Vector<float, 16> a) { return __builtin_ia32_sqrtps512_mask(a, a, -1, 4); }
    STRATA_INLINE static Vector<double, 8> run(Vector<double, 8> a) { return __builtin_ia32_sqrtpd512_mask(a, a, -1, 4); }
#endif
};
}  // namespace detail

/// See math::cast.
template <class P, class To>
STRATA_INLINE auto lane_cast(const P& p, std::type_identity<To>) {
    const auto converted = convert<To>(p);
    if constexpr (std::is_integral_v<To> && !std::is_same_v<To, bool> && requires { requires std::is_floating_point_v<typename P::Element>; }) {
        constexpr auto least = static_cast<typename P::Element>(math::least_of<To>);
        return lane_where((p >= P(least)) & (p < P(-least)), converted, std::remove_cv_t<decltype(converted)>(math::least_of<To>));
    } else
        return converted;
}
/// float: 1.0 ulp.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_exp(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    const P y = lane_where(x <= P(detail::Format<T>::most_exp), detail::exp_inside(x), x + P(__builtin_inf()));  // false for NaN, which stays
    return lane_where(x < P(detail::Format<T>::least_exp), P(0), y);
}
/// float: 1.0 ulp.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_exp2(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    using F = detail::Format<T>;
    using I = typename F::Bits;
    const P shifted = x + P(F::round_bias), r = (x - (shifted - P(F::round_bias))) * P(0.6931471805599453);
    const auto e = detail::parts_of(shifted, r);
    const P y = lane_where(x < P(F::bias + 1), bits<T>(bits<I>(P(1) + e.tail) + e.scale), x + P(__builtin_inf()));  // false for NaN, which stays
    return lane_where(x < P(1 - F::bias), P(0), y);
}
/// 1 - e^x for x < 0 loses nothing near 0: the integer part of the exponent is taken off exactly.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_expm1(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    using F = detail::Format<T>;
    const P inside = lane_max(lane_min(x, P(F::most_exp)), P(-40.0));  // where the result is -1 in either format
    const auto e = detail::exp_parts(inside);
    // 2^n does not fit the format when n is the largest exponent plus one: half of it twice.
    using I = typename F::Bits;
    const P half_n = bits<T>(bits<I>(P(0.5)) + e.scale);
    const P y = lane_fma(half_n, e.tail, half_n - P(0.5));
    return lane_where(x == P(0), x, lane_where(x <= P(F::most_exp), y + y, x + P(__builtin_inf())));
}
/// float: 0.9 ulp.   Denormal numbers count in full.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_log(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    using F = detail::Format<T>;
    using I = typename F::Bits;
    using B = Pack<I, W>;
    constexpr T least = std::is_same_v<T, float> ? static_cast<T>(0x1p-126) : static_cast<T>(0x1p-1022);
    constexpr T up = static_cast<T>(std::uint64_t{1} << F::mantissa);
    const auto tiny = x < P(least);
    const P scaled = lane_where(tiny, x * P(up), x);
    // m in [sqrt(1/2), sqrt(2)) and x = m 2^n.
    const B from_root = bits<I>(scaled) - B(F::half_root);
    const P n = convert<T>((from_root >> B(F::mantissa)) - lane_where(tiny, B(F::mantissa), B(0)));
    const P m = bits<T>((from_root & B((I{1} << F::mantissa) - 1)) + B(F::half_root));
    const P f = m - P(1);
    P y;
    if constexpr (std::is_same_v<T, float>) {
        const P q = math::horner(f, 3.333331347e-01f, -2.500000894e-01f, 2.000207305e-01f, -1.666799635e-01f, 1.422032714e-01f, -1.240603179e-01f,
                                   1.188356802e-01f, -1.167144924e-01f, 6.750956178e-02f);
        const P f2 = f * f;
        const P low = lane_fma(n, P(F::ln2_low), f2 * f * q);
        y = lane_fma(n, P(F::ln2_high), f + lane_fma(f2, P(-0.5), low));
    } else {
        // log(1 + f) = 2 artanh(s) with s = f / (2 + f), written as f - f^2/2 + s (f^2/2 + r) to keep f exact.
        const P s = f / (f + P(2)), z = s * s;
        const P r = z * math::horner(z, 2. / 3, 2. / 5, 2. / 7, 2. / 9, 2. / 11, 2. / 13, 2. / 15, 2. / 17, 2. / 19, 2. / 21);
        const P half = f * f * P(0.5);
        y = lane_fma(n, P(F::ln2_high), f - (half - lane_fma(s, half + r, n * P(F::ln2_low))));
    }
    y = lane_where(x < P(__builtin_inf()), y, x);  // inf and NaN
    y = lane_where(x < P(0), P(__builtin_nan("")), y);
    return lane_where(x == P(0), P(-__builtin_inf()), y);
}
/// log(u) x / (u - 1) with u = 1 + x: the rounding of u cancels (Kahan).
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_log1p(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    const P u = x + P(1), d = u - P(1);
    const P y = lane_where(d == P(0), x, lane_log(u) * (x / d));
    return lane_where(u < P(__builtin_inf()), y, u);
}
/// float: 1.5 ulp.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_tanh(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    const P size = lane_abs(x);
    const P twice = lane_min(size + size, P(std::is_same_v<T, float> ? 20.0 : 40.0));  // the result is 1 from there on
    if constexpr (std::is_same_v<T, float>) {
        const P large = P(1) - P(2) / (detail::exp_inside(twice) + P(1));
        const P z = x * x;  // of a NaN comes this piece, which keeps it
        const P q = math::horner(z, -3.333327770e-01f, 1.333132386e-01f, -5.372953042e-02f, 2.060487308e-02f, -5.665719043e-03f);
        const P small = lane_fma(z * size, q, size);
        return detail::with_sign(lane_where(size >= P(0.625f), large, small), x);
    } else {
        const P e = detail::expm1_inside(twice);
        return detail::with_sign(e / (e + P(2)), x);
    }
}
/// float: 2.3 ulp.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_sigmoid(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    constexpr T safe = detail::Format<T>::safe_exp;
    const P y = lane_min(lane_max(-x, P(-safe)), P(safe));
    const P one = lane_fma(y, P(0), P(1));  // or NaN
    return lane_where(x < P(-safe), P(0), P(1) / (one + detail::exp_inside(y)));
}
/// float: 1.0 ulp; two pieces, erf(x) = x + x q(x^2) and 1 - e^(x r(x)).
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_erf(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    if constexpr (std::is_same_v<T, float>) {
        const P size = lane_min(lane_abs(x), P(4.1f)), z = x * x;
        const P r = math::horner(size, -1.285172999e-01f, -6.357083917e-01f, -1.052748933e-01f, 2.289831080e-02f, -3.217549529e-03f, 2.142980811e-04f);
        const P large = P(1) - detail::exp_inside(lane_fma(r, size, -size));
        const P q = math::horner(z, 1.283791512e-01f, -3.761248887e-01f, 1.128173098e-01f, -2.676296420e-02f, 4.987347871e-03f, -5.959555274e-04f);
        return lane_where(size >= P(0.92f), detail::with_sign(large, x), lane_fma(x, q, x));  // of a NaN the second, which keeps it
    } else {
        return detail::each_lane([](double a) { return __builtin_erf(a); }, x);
    }
}
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_normal_cdf(const Pack<T, W>& x) {
    if constexpr (std::is_same_v<T, float>)
        return math::detail::normal_cdf_by_tail(x);
    else
        return detail::each_lane([](double a) { return math::normal_cdf(a); }, x);
}
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_sqrt(const Pack<T, W>& x) {
    return detail::lanewise<Pack<T, W>, detail::Root>(x);
}
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_rsqrt(const Pack<T, W>& x) {
    return Pack<T, W>(1) / lane_sqrt(x);
}
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_abs(const Pack<T, W>& x) {
    if constexpr (std::is_floating_point_v<T>) {
        using I = typename detail::Format<T>::Bits;
        return bits<T>(bits<I>(x) & ~bits<I>(Pack<T, W>(-0.0)));
    } else {
        return lane_max(x, -x);
    }
}
/// By rounding to the nearest integer with a constant of the size of the mantissa, then one step down where that went up.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_floor(const Pack<T, W>& x) {
    using P = Pack<T, W>;
    if constexpr (std::is_floating_point_v<T>) {
        const P big(static_cast<T>(std::uint64_t{1} << detail::Format<T>::mantissa)), size = lane_abs(x);
        const P nearest = detail::with_sign((size + big) - big, x);
        const P down = nearest - lane_where(nearest > x, P(1), P(0));
        return lane_where(size < big, detail::with_sign(down, x), x);
    } else {
        return x;
    }
}
/// float: through double, so that e^(y log x) keeps all digits.
template <class T, int W>
STRATA_INLINE Pack<T, W> lane_pow(const Pack<T, W>& x, const Pack<T, W>& y) {
    using P = Pack<T, W>;
    if constexpr (std::is_same_v<T, float>) {
        const P size = lane_abs(x);
        P r = convert<float>(lane_exp(convert<double>(y) * lane_log(convert<double>(size))));
        const auto whole = lane_floor(y) == y;
        const auto odd = whole & (lane_floor(y * P(0.5f)) != y * P(0.5f));
        r = lane_where(x < P(0), lane_where(whole | (size == P(__builtin_inf())), r, P(__builtin_nan(""))), r);
        r = lane_where(odd, detail::with_sign(r, x), r);
        return lane_where((y == P(0)) | (x == P(1)) | ((x == P(-1)) & (lane_abs(y) == P(__builtin_inf()))), P(1), r);
    } else {
        return detail::each_lane([](double a, double b) { return __builtin_pow(a, b); }, x, y);
    }
}

}  // namespace strata::host
