// SPDX-License-Identifier: BSL-1.0
/// The inner loops of the matrix product on the host: a register tile, a single row, dot products, and transposes through registers.
/// Strides and lengths are run-time values, so few instantiations serve every shape. x is the side broadcast from memory, y the side in vector lanes.
/// Every sum runs over k upwards in one accumulator (but for the row and the dots), so an element has the same bits in whatever tile it lies.
#pragma once

#include <utility>

#include <strata/core/macros.hpp>
#include <strata/kernel/host/correlate.hpp>

namespace strata::host {

namespace detail {

template <class T, int N, int Rows, int Vectors, int... I>
STRATA_INLINE void tile_unrolled(const T* x, long x_row, long x_k, const T* y, long y_k, T* c, long ld, int k, bool accumulate,
                             std::integer_sequence<int, I...>) noexcept {
    typename Lanes<T, N>::Type sum[sizeof...(I)];
    if (accumulate)
        ((sum[I] = load_lanes<N>(c + I / Vectors * ld + I % Vectors * N)), ...);
    else
        ((sum[I] = typename Lanes<T, N>::Type{}), ...);
    for (; k > 0; --k, x += x_k, y += y_k) ((sum[I] += x[I / Vectors * x_row] * load_lanes<N>(y + I % Vectors * N)), ...);
    (store_lanes<N>(c + I / Vectors * ld + I % Vectors * N, sum[I]), ...);
}

template <class T, int N, int Vectors, int Parts, int... V, int... I>
STRATA_INLINE void row_unrolled(const T* x, long x_k, const T* y, long y_k, T* c, int k, bool accumulate, std::integer_sequence<int, V...>,
                            std::integer_sequence<int, I...>) noexcept {
    typename Lanes<T, N>::Type sum[sizeof...(I)];
    ((sum[I] = typename Lanes<T, N>::Type{}), ...);
    for (; k >= Parts; k -= Parts, x += Parts * x_k, y += Parts * y_k)
        ((sum[I] += x[I / Vectors * x_k] * load_lanes<N>(y + I / Vectors * y_k + I % Vectors * N)), ...);
    for (; k > 0; --k, x += x_k, y += y_k) ((sum[V] += x[0] * load_lanes<N>(y + V * N)), ...);
    for (int part = 1; part < Parts; ++part) ((sum[V] += sum[part * Vectors + V]), ...);
    if (accumulate) ((sum[V] += load_lanes<N>(c + V * N)), ...);
    (store_lanes<N>(c + V * N, sum[V]), ...);
}

template <class T, int N, int Rows, int... R>
STRATA_INLINE void dots_unrolled(const T* x, const T* y, long y_row, T* c, long step, int k, std::integer_sequence<int, R...>) noexcept {
    typename Lanes<T, N>::Type sum[Rows];
    T rest[Rows];
    ((sum[R] = typename Lanes<T, N>::Type{}, rest[R] = T{}), ...);
    for (; k >= N; k -= N, x += N, y += N) {
        const typename Lanes<T, N>::Type with = load_lanes<N>(x);
        ((sum[R] += with * load_lanes<N>(y + R * y_row)), ...);
    }
    for (; k > 0; --k, ++x, ++y) ((rest[R] += x[0] * y[R * y_row]), ...);
    alignas(64) T parts[Rows * N];
    (store_lanes<N>(parts + R * N, sum[R]), ...);
    for (int half = N / 2; half > 0; half /= 2) // pairs of distance N / 2 first, as a vector unit would
        for (int lane = 0; lane < half; ++lane) ((parts[R * N + lane] += parts[R * N + lane + half]), ...);
    ((c[R * step] = parts[R * N] + rest[R]), ...);
}

/// Lanes of a and b in turn, from the lower halves or from the upper ones.
template <class T, int N, int First, int... I>
STRATA_INLINE typename Lanes<T, N>::Type interleave(typename Lanes<T, N>::Type a, typename Lanes<T, N>::Type b, std::integer_sequence<int, I...>) noexcept {
    return __builtin_shufflevector(a, b, (First + I / 2 + I % 2 * N)...);
}

template <class T, int N, int... I> STRATA_INLINE void transpose_square(const T* from, long from_ld, T* to, long to_ld, std::integer_sequence<int, I...> all) noexcept {
    typename Lanes<T, N>::Type a[N], b[N];
    ((a[I] = load_lanes<N>(from + I * from_ld)), ...);
    for (int stage = 1; stage < N; stage *= 2) { // a perfect shuffle of the N * N elements, log2 N times
        ((b[I] = I % 2 == 0 ? interleave<T, N, 0>(a[I / 2], a[I / 2 + N / 2], all) : interleave<T, N, N / 2>(a[I / 2], a[I / 2 + N / 2], all)), ...);
        ((a[I] = b[I]), ...);
    }
    (store_lanes<N>(to + I * to_ld, a[I]), ...);
}

} // namespace detail

/// c[i][j] (+)= sum over k of x[i x_row + k x_k] y[k y_k + j], for i < Rows and j < Vectors * N: the sums stay in registers. c[i][j] is at c[i ld + j].
template <class T, int N, int Rows, int Vectors>
[[gnu::noinline]] void gemm_tile(const T* x, long x_row, long x_k, const T* y, long y_k, T* c, long ld, int k, bool accumulate) noexcept {
    detail::tile_unrolled<T, N, Rows, Vectors>(x, x_row, x_k, y, y_k, c, ld, k, accumulate, std::make_integer_sequence<int, Rows * Vectors>{});
}

/// One row, c[j] (+)= sum over k of x[k x_k] y[k y_k + j], j < Vectors * N: k is dealt out to `Parts` sums, so that additions do not wait for each other.
template <class T, int N, int Vectors, int Parts>
[[gnu::noinline]] void gemm_row(const T* x, long x_k, const T* y, long y_k, T* c, int k, bool accumulate) noexcept {
    detail::row_unrolled<T, N, Vectors, Parts>(x, x_k, y, y_k, c, k, accumulate, std::make_integer_sequence<int, Vectors>{},
                                           std::make_integer_sequence<int, Vectors * Parts>{});
}

/// c[r step] = sum over k of x[k] y[r y_row + k], r < Rows: k lies in the lanes.
template <class T, int N, int Rows> [[gnu::noinline]] void gemm_dots(const T* x, const T* y, long y_row, T* c, long step, int k) noexcept {
    detail::dots_unrolled<T, N, Rows>(x, y, y_row, c, step, k, std::make_integer_sequence<int, Rows>{});
}

/// to[j to_ld + i] = from[i from_ld + j], i < rows, j < columns: squares of N through registers, the rest one by one.
template <class T, int N> [[gnu::noinline]] void transpose(const T* from, long from_ld, T* to, long to_ld, int rows, int columns) noexcept {
    int i = 0;
    for (; i + N <= rows; i += N) {
        int j = 0;
        for (; j + N <= columns; j += N) detail::transpose_square<T, N>(from + i * from_ld + j, from_ld, to + j * to_ld + i, to_ld, std::make_integer_sequence<int, N>{});
        for (; j < columns; ++j)
            for (int lane = 0; lane < N; ++lane) to[j * to_ld + i + lane] = from[(i + lane) * from_ld + j];
    }
    for (; i < rows; ++i)
        for (int j = 0; j < columns; ++j) to[j * to_ld + i] = from[i * from_ld + j];
}

} // namespace strata::host
