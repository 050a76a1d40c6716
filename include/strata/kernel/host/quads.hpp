// SPDX-License-Identifier: BSL-1.0
/// Products with few columns on the host: four neighbours of k lie in lanes beside each column, so that 10 columns fill 40 lanes, not 10 of 16. x is
/// read four elements at a time, which suits rows that lie contiguous; y is copied once, as [k / 4][column][4]. A sum takes the elements whose k has
/// the same rest by four upwards, then adds the four: the same bits in whatever tile it lies.
#pragma once

#include <strata/kernel/host/microkernel.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// Floats between rows of a tile of results: its vectors are written whole.
constexpr int quad_width(int N, int vectors, bool half) {
    const int last = (vectors + 3) / 4 * N, behind = half ? vectors * (N / 4) + N / 2 : 0;
    return ((last > behind ? last : behind) + N - 1) / N * N;
}
/// Rows of a tile: its sums are half of the registers, or less.
constexpr int quad_rows(int vectors) {
    const int rows = (convolution_registers >= 32 ? 24 : 12) / vectors;
    return rows >= 8 ? 8 : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
}

namespace detail {

/// The four elements at p in every four lanes.
template <int N>
STRATA_INLINE typename Lanes<float, N>::Type quad_lanes(const float* p) noexcept {
    using Quad = typename Lanes<float, 4>::Type;
#if defined(__AVX512F__) && !defined(__clang__)  // what __builtin_shufflevector gives is more than one load, with g++ 12
    if constexpr (N == 16) return __builtin_ia32_broadcastf32x4_512(load_lanes<4>(p), typename Lanes<float, 16>::Type{}, static_cast<unsigned short>(-1));
#endif
#if defined(__AVX__) && !defined(__clang__)
    if constexpr (N == 8) return __builtin_ia32_vbroadcastf128_ps256(reinterpret_cast<const Quad*>(p));
#endif
    const Quad q = load_lanes<4>(p);
    if constexpr (N == 16)
        return __builtin_shufflevector(q, q, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
    else if constexpr (N == 8)
        return __builtin_shufflevector(q, q, 0, 1, 2, 3, 0, 1, 2, 3);
    else
        return q;
}

/// Lane I of the result is lane index(I) of a and b side by side.
template <int N, int... Index>
STRATA_INLINE typename Lanes<float, N>::Type pick(typename Lanes<float, N>::Type a, typename Lanes<float, N>::Type b) noexcept {
#if defined(__clang__)
    return __builtin_shufflevector(a, b, Index...);
#else
    return __builtin_shuffle(a, b, typename Lanes<int, N>::Type{Index...});
#endif
}
/// Each four lanes: the sums of the lower and upper pair of a's, then of b's.
template <int N, int... I>
STRATA_INLINE typename Lanes<float, N>::Type add_pairs(typename Lanes<float, N>::Type a, typename Lanes<float, N>::Type b, std::integer_sequence<int, I...>) noexcept {
    return pick<N, (I / 4 * 4 + I % 2 * 2 + I % 4 / 2 * N)...>(a, b) + pick<N, (I / 4 * 4 + I % 2 * 2 + 1 + I % 4 / 2 * N)...>(a, b);
}
/// The sums of every four lanes of four vectors, in order.
template <int N, int... I>
STRATA_INLINE typename Lanes<float, N>::Type add_quads(typename Lanes<float, N>::Type a, typename Lanes<float, N>::Type b, typename Lanes<float, N>::Type c,
                                                       typename Lanes<float, N>::Type d, std::integer_sequence<int, I...> all) noexcept {
    const typename Lanes<float, N>::Type sums = add_pairs<N>(add_pairs<N>(a, b, all), add_pairs<N>(c, d, all), all);  // lane 4 q + i: vector i, column q
    return pick<N, (I % (N / 4) * 4 + I / (N / 4))...>(sums, sums);
}

/// The sums of every four lanes of Left vectors and N from there on. What is missing of four is written over or not read.
template <int N, int Left, int... I>
STRATA_INLINE void store_quads(const typename Lanes<float, N>::Type* sum, float* c, std::integer_sequence<int, I...> all) noexcept {
    if constexpr (Left > 0) {
        store_lanes<N>(c, add_quads<N>(sum[0], sum[Left > 1 ? 1 : 0], sum[Left > 2 ? 2 : 0], sum[Left > 3 ? 3 : 0], all));
        store_quads<N, Left - 4>(sum + 4, c + N, all);
    }
}

template <int N, int Vectors, bool Half, int... I, int... R>
STRATA_INLINE void quads_unrolled(const float* x, long x_row, const float* x_last, const float* y, int quads, float* c, std::integer_sequence<int, I...>,
                                  std::integer_sequence<int, R...>) noexcept {
    constexpr int H = N / 2 < 4 ? 4 : N / 2, V = Vectors > 0 ? Vectors : 1, width = Vectors * N + (Half ? H : 0), apart = quad_width(N, Vectors, Half);
    constexpr std::make_integer_sequence<int, N> all{};
    constexpr std::make_integer_sequence<int, H> halves{};
    [[maybe_unused]] typename Lanes<float, N>::Type sum[sizeof...(I) + 1];
    [[maybe_unused]] typename Lanes<float, H>::Type half[sizeof...(R)];
    ((sum[I] = typename Lanes<float, N>::Type{}), ...);
    if constexpr (Half) ((half[R] = typename Lanes<float, H>::Type{}), ...);
    for (;;) {
        for (; quads > 0; --quads, x += 4, y += width) {
            ((sum[I] += quad_lanes<N>(x + I / V * x_row) * load_lanes<N>(y + I % V * N)), ...);
            if constexpr (Half) ((half[R] += quad_lanes<H>(x + R * x_row) * load_lanes<H>(y + Vectors * N)), ...);
        }
        if (x_last == nullptr) break;
        x = x_last, x_row = 4, x_last = nullptr, quads = 1;
    }
    (store_quads<N, Vectors>(sum + R * Vectors, c + R * apart, all), ...);
    if constexpr (Half) (store_lanes<H>(c + R * apart + Vectors * (N / 4), add_quads<H>(half[R], half[R], half[R], half[R], halves)), ...);
}

}  // namespace detail

/// c[r quad_width + j] = sum over k of x[r x_row + k] y[k][j], r < Rows: `quads` fours of k, and one more of x_last [Rows][4] if that is not null.
template <int N, int Rows, int Vectors, bool Half>
[[gnu::noinline]] void quad_tile(const float* x, long x_row, const float* x_last, const float* y, int quads, float* c) noexcept {
    detail::quads_unrolled<N, Vectors, Half>(x, x_row, x_last, y, quads, c, std::make_integer_sequence<int, Rows * Vectors>{}, std::make_integer_sequence<int, Rows>{});
}

/// to[k / 4][width / 4][4], zeros where k or a column ends before.   Needs: width >= 4 columns.
inline void quad_pack(const float* y, long y_k, long y_col, int k, int columns, float* to, int width) noexcept {
    for (int at = 0; at < k; at += 4, to += width, y += 4 * y_k) {
        for (int j = 4 * columns; j < width; ++j) to[j] = 0;
        if (k - at < 4)
            for (int j = 0; j < 4 * columns; ++j) to[j] = j % 4 < k - at ? y[j % 4 * y_k + j / 4 * y_col] : 0;
        else if (y_col == 1 && columns >= 4)
            for (int j = 0; j < columns; j += 4) {
                const int from = j + 4 <= columns ? j : columns - 4;
                detail::transpose_square<float, 4>(y + from, y_k, to + 4 * from, 4, std::make_integer_sequence<int, 4>{});
            }
        else if (y_k == 1)
            for (int j = 0; j < columns; ++j) store_lanes<4>(to + 4 * j, load_lanes<4>(y + j * y_col));
        else
            for (int j = 0; j < 4 * columns; ++j) to[j] = y[j % 4 * y_k + j / 4 * y_col];
    }
}

namespace detail {
template <int N, int Rows, int Vectors, bool Half>
STRATA_INLINE void quad_rows_from(const float* x, long x_row, const float* y, int k, float* c) noexcept {
    const int rest = k % 4;
    float last[Rows * 4] = {};
    for (int r = 0; rest > 0 && r < Rows; ++r)
        for (int i = 0; i < rest; ++i) last[r * 4 + i] = x[r * x_row + k - rest + i];
    quad_tile<N, Rows, Vectors, Half>(x, x_row, rest > 0 ? last : nullptr, y, k / 4, c);
}
}  // namespace detail

/// `rows` rows of c from packed y: tiles, the last of which begins further up; fewer rows than a tile one by one.
template <int N, int Vectors, bool Half>
[[gnu::noinline]] void quad_product(const float* x, long x_row, const float* y, int rows, int k, float* c) noexcept {
    constexpr int Rows = quad_rows(Vectors + Half), apart = quad_width(N, Vectors, Half);
    for (int r = 0; r < rows; r += rows < Rows ? 1 : Rows) {
        const int at = r + Rows <= rows || rows < Rows ? r : rows - Rows;
        if (rows < Rows)
            detail::quad_rows_from<N, 1, Vectors, Half>(x + at * x_row, x_row, y, k, c + at * apart);
        else
            detail::quad_rows_from<N, Rows, Vectors, Half>(x + at * x_row, x_row, y, k, c + at * apart);
    }
}

}  // namespace strata::host
