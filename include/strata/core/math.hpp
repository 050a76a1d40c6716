// SPDX-License-Identifier: BSL-1.0
/// One formula for scalars, SIMD packs and device code: op functors are written with these functions.
/// A scalar goes to the compiler's builtin; anything else goes by argument-dependent lookup to `lane_<name>` in its own namespace
/// (kernel/host/pack_math.hpp has those of Pack), so a later header may bring a new kind of number.
/// A pack and scalars may be mixed, as in `max(x, 0.f)` or `where(x > y, 1, x)`: the result is a pack.
#pragma once

#include <type_traits>

#include <strata/core/narrow.hpp>

// Pack operators are for the host alone: whether a formula may run on a device is settled where it is used, not in these templates.
#if defined(__CUDACC__)
#define STRATA_MATH(...) _Pragma("nv_exec_check_disable") template <__VA_ARGS__> STRATA_HD STRATA_INLINE constexpr
#else
#define STRATA_MATH(...) template <__VA_ARGS__> STRATA_INLINE constexpr
#endif
// A device has the C library's functions and not the compiler's builtins.
#if defined(__CUDA_ARCH__)
#define STRATA_LIBM(name) ::name
#else
#define STRATA_LIBM(name) __builtin_##name
#endif
#define STRATA_RETURN(name, ...)                      \
    if constexpr (std::is_same_v<T, float>)           \
        return STRATA_LIBM(name##f)(__VA_ARGS__);     \
    else                                              \
        return static_cast<T>(STRATA_LIBM(name)(__VA_ARGS__))

namespace strata::math {

template <class T>
concept Scalar = std::is_arithmetic_v<T>;

namespace detail {
/// The type in which operands meet: that of the pack, if there is one, else what C++ makes of two scalars.
template <class A, class B>
struct Meet {
    using type = A;
};
template <Scalar A, class B>
struct Meet<A, B> {
    using type = B;
};
template <Scalar A, Scalar B>
struct Meet<A, B> {
    using type = decltype(true ? A{} : B{});
};
template <class A, class B>
using meet = typename Meet<A, B>::type;

#if defined(__CUDA_ARCH__)
// One instruction, right to 2 ulp: the library's exp2f takes four more for results below the least normal number, which are 0 here.
__device__ __forceinline__ float power_of_two(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}
#else
STRATA_MATH(class T) T power_of_two(T x) { return __builtin_exp2f(x); }
#endif
}  // namespace detail

/// e^x.   exp(-inf) = 0; NaN stays NaN, here and in all that follows.
STRATA_MATH(class T) T exp(T x) {
    if constexpr (Scalar<T>) {
        STRATA_RETURN(exp, x);
    } else {
        return lane_exp(x);
    }
}
/// 2^x.   Results below the least normal number may be 0.
STRATA_MATH(class T) T exp2(T x) {
    if constexpr (std::is_same_v<T, float>) {
        return detail::power_of_two(x);
    } else if constexpr (Scalar<T>) {
        STRATA_RETURN(exp2, x);
    } else {
        return lane_exp2(x);
    }
}
/// e^x - 1, exact near 0.
STRATA_MATH(class T) T expm1(T x) {
    if constexpr (Scalar<T>) {
        STRATA_RETURN(expm1, x);
    } else {
        return lane_expm1(x);
    }
}
/// The natural logarithm.   log(0) = -inf, log(x < 0) = NaN.
STRATA_MATH(class T) T log(T x) {
    if constexpr (Scalar<T>) {
        STRATA_RETURN(log, x);
    } else {
        return lane_log(x);
    }
}
/// log(1 + x), exact near 0.
STRATA_MATH(class T) T log1p(T x) {
    if constexpr (Scalar<T>) {
        STRATA_RETURN(log1p, x);
    } else {
        return lane_log1p(x);
    }
}
/// (e^x - e^-x) / (e^x + e^-x).
STRATA_MATH(class T) T tanh(T x) {
    if constexpr (Scalar<T>) {
        STRATA_RETURN(tanh, x);
    } else {
        return lane_tanh(x);
    }
}
/// 1 / (1 + e^-x).
STRATA_MATH(class T) T sigmoid(T x) {
    if constexpr (Scalar<T>)
        return T(1) / (T(1) + exp(-x));
    else
        return lane_sigmoid(x);
}
/// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
STRATA_MATH(class T) T erf(T x) {
    if constexpr (Scalar<T>) {
        STRATA_RETURN(erf, x);
    } else {
        return lane_erf(x);
    }
}
STRATA_MATH(class T) T sqrt(T x) {
    if constexpr (Scalar<T>) {
        STRATA_RETURN(sqrt, x);
    } else {
        return lane_sqrt(x);
    }
}
/// 1 / sqrt(x) in full precision.
STRATA_MATH(class T) T rsqrt(T x) {
    if constexpr (Scalar<T>)
        return T(1) / sqrt(x);
    else
        return lane_rsqrt(x);
}
STRATA_MATH(class T) T abs(T x) {
    if constexpr (Scalar<T> && std::is_floating_point_v<T>) {
        STRATA_RETURN(fabs, x);
    } else if constexpr (Scalar<T>) {
        return x < T(0) ? static_cast<T>(-x) : x;
    } else {
        return lane_abs(x);
    }
}
/// The greatest integer not above x.
STRATA_MATH(class T) T floor(T x) {
    if constexpr (Scalar<T> && std::is_floating_point_v<T>) {
        STRATA_RETURN(floor, x);
    } else if constexpr (Scalar<T>) {
        return x;
    } else {
        return lane_floor(x);
    }
}
/// x to the power y, with C's special cases: pow(x, 0) = 1, pow(x < 0, y) = NaN unless y is an integer.
STRATA_MATH(class A, class B) detail::meet<A, B> pow(A x, B y) {
    using T = detail::meet<A, B>;
    if constexpr (Scalar<T>) {
        STRATA_RETURN(pow, static_cast<T>(x), static_cast<T>(y));
    } else {
        return lane_pow(T(x), T(y));
    }
}
/// The greater of two.   A NaN in x, the FIRST argument, comes through; one in y gives x. So a rectifier is max(x, 0).
STRATA_MATH(class A, class B) detail::meet<A, B> max(A x, B y) {
    using T = detail::meet<A, B>;
    if constexpr (Scalar<T>)
        return static_cast<T>(y) > static_cast<T>(x) ? static_cast<T>(y) : static_cast<T>(x);
    else
        return lane_max(T(x), T(y));
}
/// The lesser of two.   A NaN in x, the FIRST argument, comes through; one in y gives x.
STRATA_MATH(class A, class B) detail::meet<A, B> min(A x, B y) {
    using T = detail::meet<A, B>;
    if constexpr (Scalar<T>)
        return static_cast<T>(y) < static_cast<T>(x) ? static_cast<T>(y) : static_cast<T>(x);
    else
        return lane_min(T(x), T(y));
}
/// a b + c, rounded once where the machine has such an instruction, else twice.
STRATA_MATH(class A, class B, class C) detail::meet<detail::meet<A, B>, C> fma(A a, B b, C c) {
    using T = detail::meet<detail::meet<A, B>, C>;
    if constexpr (Scalar<T>)
        return static_cast<T>(static_cast<T>(a) * static_cast<T>(b) + static_cast<T>(c));
    else
        return lane_fma(T(a), T(b), T(c));
}
/// c + more[0] x + more[1] x^2 + ... by Horner's rule.
STRATA_MATH(class T) T horner(const T&, double c) {
    return static_cast<T>(c);
}
STRATA_MATH(class T, class... C) T horner(const T& x, double c, C... more) {
    return fma(horner(x, more...), x, static_cast<T>(c));
}
/// a where the mask holds, else b.   A bool chooses the whole of a or b.
STRATA_MATH(class M, class A, class B) auto where(M mask, A a, B b) {
    using T = detail::meet<A, B>;
    if constexpr (std::is_same_v<M, bool>)
        return mask ? T(a) : T(b);
    else
        return lane_where(mask, T(a), T(b));
}
namespace detail {
/// The distribution function in f32: 2^q(|x|) on the left, 1 - 2^q(|x|) on the right. q is -1 at 0 and falls from there on, for ever: no branch, no bounds.
STRATA_MATH(class T) T normal_cdf_by_tail(T x) {
    const T tail = exp2(horner(abs(x), -1, -1.151107669e+00f, -4.591841400e-01f, -5.256704614e-02f, 7.146468386e-03f, -1.699642744e-04f, -1.960417721e-04f, 5.200005035e-05f,
                               -6.777456292e-06f, 4.710420569e-07f, -1.387412230e-08f));
    return where(x < T(0), tail, T(1) - tail);
}
}  // namespace detail
/// The normal distribution function, (1 + erf(x / sqrt 2)) / 2.   f32: within 1.5e-7, and within 1e-5 of itself where x > -6.5; below that it goes to 0 sooner.
STRATA_MATH(class T) T normal_cdf(T x) {
    if constexpr (std::is_same_v<T, float>)
        return detail::normal_cdf_by_tail(x);
    else if constexpr (Scalar<T>)
        return static_cast<T>(0.5 * STRATA_LIBM(erfc)(-0.7071067811865476 * x));
    else
        return lane_normal_cdf(x);
}
/// a / b; of integers towards zero, and what has no quotient is defined: x / 0 is 0, as in NumPy, and the least number by -1 is itself.
STRATA_MATH(class T) T divide(T a, T b) {
    if constexpr (Scalar<T> && std::is_integral_v<T>) {
        if (b == T(0)) return T(0);
        if constexpr (std::is_signed_v<T>)
            if (b == T(-1)) return static_cast<T>(std::make_unsigned_t<T>(0) - static_cast<std::make_unsigned_t<T>>(a));
        return a / b;
    } else
        return a / b;
}
/// The least number of a type of integers with signs. Those below its negative are all that the type has.
template <class To>
inline constexpr To least_of = static_cast<To>(To(1) << (8 * sizeof(To) - 1));
/// x as elements of type To; to bool: x != 0; from bool: 0 or 1; from floats to integers: towards zero, of NaN and what they do not have the least number; to 16-bit floats:
/// what they hold of it, as f32.
STRATA_MATH(class To, class T) auto cast(T x) {
    if constexpr (Scalar<T> && std::is_same_v<To, bool>)
        return x != T(0);
    else if constexpr (Scalar<T> && is_narrow<To>)
        return rounded<To>(static_cast<float>(x));
    else if constexpr (Scalar<T> && std::is_integral_v<To> && std::is_floating_point_v<T>)
        return x >= static_cast<T>(least_of<To>) && x < -static_cast<T>(least_of<To>) ? static_cast<To>(x) : least_of<To>;
    else if constexpr (Scalar<T>)
        return static_cast<To>(x);
    else
        return lane_cast(x, std::type_identity<To>{});
}
STRATA_MATH(class M, class N) auto logical_and(M a, N b) {
    using T = detail::meet<M, N>;
    if constexpr (Scalar<T>)
        return a && b;
    else
        return T(a) & T(b);
}
STRATA_MATH(class M, class N) auto logical_or(M a, N b) {
    using T = detail::meet<M, N>;
    if constexpr (Scalar<T>)
        return a || b;
    else
        return T(a) | T(b);
}
STRATA_MATH(class M) M logical_not(M a) {
    return !a;
}
/// Whether v is the greatest where `best` was: greater, or the first NaN.
STRATA_MATH(class T) auto beats(T v, T best) {
    if constexpr (Scalar<T>) {
        if constexpr (std::is_floating_point_v<T>)
            return v > best || (v != v && best == best);
        else
            return v > best;
    } else if constexpr (std::is_floating_point_v<typename T::Element>)
        return (v > best) | ((v != v) & (best == best));
    else
        return v > best;
}
/// Whether one value comes before another as the greatest: by itself, else by its place.
STRATA_MATH(class T) bool comes_first(T v, int at, T best, int place) {
    return beats(v, best) || (!beats(best, v) && at < place);
}

}  // namespace strata::math

#undef STRATA_MATH
#undef STRATA_LIBM
#undef STRATA_RETURN
