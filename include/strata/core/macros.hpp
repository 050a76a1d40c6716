// SPDX-License-Identifier: BSL-1.0
/// The few macros of the library. Nothing outside this header defines one that stays defined.
#pragma once

#define STRATA_VERSION_MAJOR 0
#define STRATA_VERSION_MINOR 1
#define STRATA_VERSION_PATCH 0

#if __cplusplus < 202002L
#error "strata: C++20 is needed; compile with -std=c++20"
#endif
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0)
#error "strata: -ffast-math (-Ofast, -fassociative-math) makes wrong numbers of rounding and loses NaN; compile the files that include Strata without it"
#endif

/// Marks a function that kernels call: for the host alone, or for both places under nvcc.
#if defined(__CUDACC__)
#define STRATA_HD __host__ __device__
#else
#define STRATA_HD
#endif

/// The vectors that the compiler is told of, and whether it is told of exceptions, as an inline namespace's name: objects that are compiled otherwise keep
/// kernels, plans and what an error does apart in a program.
#if defined(__AVX512F__) && defined(__cpp_exceptions)
#define STRATA_VARIANT avx512
#elif defined(__AVX512F__)
#define STRATA_VARIANT avx512_noexcept
#elif defined(__AVX__) && defined(__cpp_exceptions)
#define STRATA_VARIANT avx
#elif defined(__AVX__)
#define STRATA_VARIANT avx_noexcept
#elif defined(__cpp_exceptions)
#define STRATA_VARIANT basic
#else
#define STRATA_VARIANT basic_noexcept
#endif

/// A call whose body must vanish into its caller (short SIMD helpers: a call through memory would cost more than the work).
#define STRATA_INLINE inline __attribute__((always_inline))

/// In front of a loop whose body is vectors already, or which is hardly ever walked: clang makes a hundred times its instructions of it
/// otherwise, and takes its time.
#if defined(__clang__) && !defined(__CUDACC__)
#define STRATA_PLAIN_LOOP _Pragma("clang loop vectorize(disable) interleave(disable) unroll(disable)")
#else
#define STRATA_PLAIN_LOOP
#endif
