// SPDX-License-Identifier: BSL-1.0
/// The inner loops of the matrix product on the host: a register tile, a single row, dot products, and transposes through registers.
/// Strides and lengths are run-time values, so few instantiations serve every shape. x is the side broadcast from memory, y the side in
/// vector lanes. A tile sums over k upwards in one accumulator, so an element has the same bits in whatever tile it lies.
#pragma once

#include <type_traits>
#include <utility>

#include <strata/core/macros.hpp>
#include <strata/kernel/host/correlate.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// Rows of y for a register tile: `k` of them y_k apart, then `k_rest` that were copied (width apart), because a vector there would end
/// outside the operand. A tile that fetches asks for k / 2^pace rows, next_k apart, that end at `next`.
template <class T>
struct GemmPanel {
    const T* y;
    long y_k;
    int k;
    T* rest;
    int k_rest;
    const T* next = nullptr;
    long next_k = 0;
    int pace = 0;
};

/// What a tile does beside its sums: nothing; asks for rows that a later panel holds (where y comes from behind the second cache: of nearer ones that took
/// time); or copies the rows it reads in place to before `rest`, width apart, for the tiles after it.
enum class TileAside { nothing, fetches, copies };

/// Columns of a tile of `vectors` vectors of N, and half a vector more.
constexpr int tile_columns(int N, int vectors, bool half) { return N * vectors + (half ? N / 2 : 0); }
/// The same rounded up to whole vectors: distance of a tile's rows in scratch.
constexpr int tile_width(int N, int vectors, bool half) { return N * (vectors + half); }

namespace detail {

template <class T, int N, int Vectors, bool Half, TileAside Aside, int... I, int... R>
STRATA_INLINE void tile_unrolled(const T* x, long x_row, long x_k, GemmPanel<T> p, T* c, long c_row, bool accumulate,
                                 std::integer_sequence<int, I...>, std::integer_sequence<int, R...>) noexcept {
    constexpr int width = tile_width(N, Vectors, Half), H = N > 1 ? N / 2 : 1, V = Vectors > 0 ? Vectors : 1;
    [[maybe_unused]] typename Lanes<T, N>::Type sum[sizeof...(I) + 1];  // one more, since an array cannot be empty
    [[maybe_unused]] typename Lanes<T, H>::Type half[sizeof...(R)];
    if (accumulate) {
        ((sum[I] = load_lanes<N>(c + I / V * c_row + I % V * N)), ...);
        if constexpr (Half) ((half[R] = load_lanes<H>(c + R * c_row + Vectors * N)), ...);
    } else {
        ((sum[I] = typename Lanes<T, N>::Type{}), ...);
        if constexpr (Half) ((half[R] = typename Lanes<T, H>::Type{}), ...);
    }
    [[maybe_unused]] T* to = Aside == TileAside::copies ? p.rest - p.k * width : nullptr;
    for (;;) {
        STRATA_PLAIN_LOOP  // unrolled, it needs more registers than there are
        for (; p.k > 0; --p.k, x += x_k, p.y += p.y_k) {
            if constexpr (Aside == TileAside::fetches && Vectors > 0) {
                const T* const next = p.next - (p.k >> p.pace) * p.next_k;
                __builtin_prefetch(next);
                if constexpr (Vectors > 1) __builtin_prefetch(next + N);
            }
            typename Lanes<T, N>::Type row[V];
            for (int v = 0; v < Vectors; ++v) row[v] = load_lanes<N>(p.y + v * N), keep_in_register(row[v]);
            if constexpr (Aside == TileAside::copies) {  // before the sums: clang would load x for them all first, and has no registers for that
                __builtin_prefetch(p.y + 32 * p.y_k);  // rows may lie a page apart, where no prefetcher of the core goes
                if constexpr (Vectors > 2) __builtin_prefetch(p.y + 32 * p.y_k + 2 * N);
                for (int v = 0; v < Vectors; ++v) store_lanes<N>(to + v * N, row[v]);
                if constexpr (Half) store_lanes<H>(to + Vectors * N, load_lanes<H>(p.y + Vectors * N));
                to += width;
            }
            ((sum[I] += x[I / V * x_row] * row[I % V]), ...);
            if constexpr (Half) ((half[R] += x[R * x_row] * load_lanes<H>(p.y + Vectors * N)), ...);
        }
        if (p.k_rest == 0) break;
        p = {p.rest, width, p.k_rest, nullptr, 0, p.next, p.next_k, p.pace};
    }
    asm("" : "+r"(c), "+r"(c_row));  // else the addresses of all rows are held in registers throughout the loop, which needs them
    (store_lanes<N>(c + I / V * c_row + I % V * N, sum[I]), ...);
    if constexpr (Half) (store_lanes<H>(c + R * c_row + Vectors * N, half[R]), ...);
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

/// c[v] += sum over `Rows` rows of y, v < vectors. The four rows that follow are asked for: those of a wide matrix are streams that end too soon for a core
/// to have found them.
template <class T, int N, int... R>
STRATA_INLINE void stream_rows(const T* x, long x_k, const T* y, long y_k, T* c, int vectors, std::integer_sequence<int, R...>) noexcept {
    using V = typename Lanes<T, N>::Type;
    const V with[] = {(V{} + x[R * x_k])...};
    const auto add = [&](int at) {
        V sum = load_lanes<N>(c + at);
        ((sum += with[R] * load_lanes<N>(y + R * y_k + at)), ...);
        store_lanes<N>(c + at, sum);
    };
    int v = 0;
    STRATA_PLAIN_LOOP
    for (; v + 2 <= vectors; v += 2) {
        (__builtin_prefetch(y + (R + 4) * y_k + v * N), ...);
        add(v * N), add((v + 1) * N);
    }
    if (v < vectors) add(v * N);
}

/// Lanes of a and b in turn, from the lower halves or from the upper ones.
template <class T, int N, int First, int... I>
STRATA_INLINE typename Lanes<T, N>::Type interleave(typename Lanes<T, N>::Type a, typename Lanes<T, N>::Type b,
                                                    std::integer_sequence<int, I...>) noexcept {
#if defined(__clang__)
    return __builtin_shufflevector(a, b, (First + I / 2 + I % 2 * N)...);
#else  // nvcc's front end loses the pack in the form above
    using Index = std::conditional_t<sizeof(T) == 4, int, long>;
    return __builtin_shuffle(a, b, typename Lanes<Index, N>::Type{(First + I / 2 + I % 2 * N)...});
#endif
}

/// Turns a square of N vectors round: log2 N perfect shuffles of all its elements.
template <class T, int N, int Stage, int... I>
STRATA_INLINE void shuffle_square(typename Lanes<T, N>::Type* a, std::integer_sequence<int, I...> all) noexcept {
    if constexpr (Stage < N) {
        typename Lanes<T, N>::Type b[N];
        ((b[I] =
              I % 2 == 0 ? interleave<T, N, 0>(a[I / 2], a[I / 2 + N / 2], all) : interleave<T, N, N / 2>(a[I / 2], a[I / 2 + N / 2], all)),
         ...);
        shuffle_square<T, N, 2 * Stage>(b, all);
        ((a[I] = b[I]), ...);
    }
}
template <class T, int N, int... I>
STRATA_INLINE void transpose_square(const T* from, long from_ld, T* to, long to_ld, std::integer_sequence<int, I...> all) noexcept {
    typename Lanes<T, N>::Type a[N];
    ((a[I] = load_lanes<N>(from + I * from_ld)), ...);
    shuffle_square<T, N, 1>(a, all);
    (store_lanes<N>(to + I * to_ld, a[I]), ...);
}

/// sum[0] = the sums of Rows vectors, side by side: N / Rows partial sums of each, lane r holds one of row r.
template <class T, int N, int Rows>
STRATA_INLINE void fold_rows(typename Lanes<T, N>::Type* sum) noexcept {
    if constexpr (Rows > 1) {
        constexpr std::make_integer_sequence<int, N> all{};
        for (int i = 0; i < Rows / 2; ++i)
            sum[i] = interleave<T, N, 0>(sum[i], sum[i + Rows / 2], all) + interleave<T, N, N / 2>(sum[i], sum[i + Rows / 2], all);
        fold_rows<T, N, Rows / 2>(sum);
    }
}

template <class T, int N, int Rows, int... R, int... I>
STRATA_INLINE void dots_unrolled(const T* x, const T* x_last, const T* y, long y_row, T* c, long step, int k, bool inside,
                                 std::integer_sequence<int, R...>, std::integer_sequence<int, I...>) noexcept {
    using V = typename Lanes<T, N>::Type;
    V sum[Rows];
    ((sum[R] = V{}), ...);
    for (; k >= N; k -= N, x += N, y += N) {
        const V with = load_lanes<N>(x);
        ((sum[R] += with * load_lanes<N>(y + R * y_row)), ...);
        (__builtin_prefetch(y + (R + Rows) * y_row), ...);  // the next rows: each is a short stream of its own
    }
    if (k > 0) {
        const V with = load_lanes<N>(x_last);
        if (inside) {  // the neighbours' elements are masked, not multiplied by zero: they may be infinite
            using Bits = typename Lanes<std::conditional_t<sizeof(T) == 4, int, long>, N>::Type;
            const Bits mask = Bits{I...} < static_cast<std::conditional_t<sizeof(T) == 4, int, long>>(k);
            ((sum[R] += with * reinterpret_cast<V>(reinterpret_cast<Bits>(load_lanes<N>(y + R * y_row)) & mask)), ...);
        } else {
            T last[Rows * N] = {};
            for (int i = 0; i < k; ++i) ((last[R * N + i] = y[R * y_row + i]), ...);
            ((sum[R] += with * load_lanes<N>(last + R * N)), ...);
        }
    }
    fold_rows<T, N, Rows>(sum);
    T parts[N];
    store_lanes<N>(parts, sum[0]);
    typename Lanes<T, Rows>::Type total = load_lanes<Rows>(parts);
    for (int part = 1; part < N / Rows; ++part) total += load_lanes<Rows>(parts + part * Rows);
    if (step == 1) return store_lanes<Rows>(c, total);
    store_lanes<Rows>(parts, total);
    ((c[R * step] = parts[R]), ...);
}

}  // namespace detail

/// c[i c_row + j] (+)= sum over k of x[i x_row + k x_k] y[k][j], for i < Rows and j < tile_columns: the sums stay in registers.
template <class T, int N, int Rows, int Vectors, bool Half, TileAside Aside>
[[gnu::noinline]] void gemm_tile(const T* x, long x_row, long x_k, const GemmPanel<T>& panel, T* c, long c_row, bool accumulate) noexcept {
    detail::tile_unrolled<T, N, Vectors, Half, Aside>(x, x_row, x_k, panel, c, c_row, accumulate, std::make_integer_sequence<int, Rows * Vectors>{},
                                               std::make_integer_sequence<int, Rows>{});
}

/// One row, c[j] (+)= sum over k of x[k x_k] y[k y_k + j], j < Vectors * N: k is dealt out to `Parts` sums, so that additions do not wait
/// for each other.
template <class T, int N, int Vectors, int Parts>
[[gnu::noinline]] void gemm_row(const T* x, long x_k, const T* y, long y_k, T* c, int k, bool accumulate) noexcept {
    detail::row_unrolled<T, N, Vectors, Parts>(x, x_k, y, y_k, c, k, accumulate, std::make_integer_sequence<int, Vectors>{},
                                               std::make_integer_sequence<int, Vectors * Parts>{});
}

/// The same for rows of many vectors: the sums, each k upwards in one accumulator, stay in the first cache, and y comes as whole rows, four at a time.
template <class T, int N>
[[gnu::noinline]] void gemm_row_streamed(const T* x, long x_k, const T* y, long y_k, T* c, int vectors, int k, bool accumulate) noexcept {
    if (!accumulate)
        STRATA_PLAIN_LOOP
        for (int v = 0; v < vectors; ++v) store_lanes<N>(c + v * N, typename Lanes<T, N>::Type{});
    for (; k >= 4; k -= 4, x += 4 * x_k, y += 4 * y_k)
        detail::stream_rows<T, N>(x, x_k, y, y_k, c, vectors, std::make_integer_sequence<int, 4>{});
    for (; k > 0; --k, x += x_k, y += y_k) detail::stream_rows<T, N>(x, x_k, y, y_k, c, vectors, std::make_integer_sequence<int, 1>{});
}

/// c[r step] = sum over k of x[k] y[r y_row + k], r < Rows <= N: k lies in the lanes. x_last: the k % N last elements of x, then zeros.
/// inside: whole vectors may be read behind each row's last element.
template <class T, int N, int Rows>
[[gnu::noinline]] void gemm_dots(const T* x, const T* x_last, const T* y, long y_row, T* c, long step, int k, bool inside) noexcept {
    detail::dots_unrolled<T, N, Rows>(x, x_last, y, y_row, c, step, k, inside, std::make_integer_sequence<int, Rows>{},
                                      std::make_integer_sequence<int, N>{});
}

namespace detail {
template <class T, int N>
STRATA_INLINE void transpose_squares(const T* from, long from_ld, T* to, long to_ld, int rows, int columns) noexcept {
    STRATA_PLAIN_LOOP
    for (int i = 0; i < rows; i += N)
        STRATA_PLAIN_LOOP
        for (int j = 0; j < columns; j += N) {
            const int row = i + N <= rows ? i : rows - N, column = j + N <= columns ? j : columns - N;
            transpose_square<T, N>(from + row * from_ld + column, from_ld, to + column * to_ld + row, to_ld, std::make_integer_sequence<int, N>{});
        }
}
}  // namespace detail

/// to[j to_ld + i] = from[i from_ld + j], i < rows, j < columns: squares of N through registers, then smaller ones, the last of which begin
/// further up or left; one by one if there are fewer than four rows or columns.
template <class T, int N>
[[gnu::noinline]] void transpose(const T* from, long from_ld, T* to, long to_ld, int rows, int columns) noexcept {
    if constexpr (N < 8) {
        if constexpr (N == 4)
            if (rows >= N && columns >= N) return detail::transpose_squares<T, N>(from, from_ld, to, to_ld, rows, columns);
        STRATA_PLAIN_LOOP
        for (int i = 0; i < rows; ++i)
            STRATA_PLAIN_LOOP
            for (int j = 0; j < columns; ++j) to[j * to_ld + i] = from[i * from_ld + j];
    } else {
        const auto rest = [](int size) { return size < 4 ? size : (size % N + 3) / 4 * 4; };  // whole fours, some of which are done already
        const int whole_rows = rows / N * N, whole_columns = columns / N * N, right = rest(columns), below = rest(rows);
        detail::transpose_squares<T, N>(from, from_ld, to, to_ld, whole_rows, whole_columns);
        if (whole_columns < columns && whole_rows > 0) {
            const int first = right < columns ? columns - right : 0;
            transpose<T, N / 2>(from + first, from_ld, to + first * to_ld, to_ld, whole_rows, columns - first);
        }
        if (whole_rows < rows) {
            const int first = below < rows ? rows - below : 0;
            transpose<T, N / 2>(from + first * from_ld, from_ld, to + first, to_ld, rows - first, columns);
        }
    }
}

/// to[j] = from[j], j < count: whole vectors, then two that overlap.
template <int N, class T>
STRATA_INLINE void copy_lanes(T* to, const T* from, int count) noexcept {
    STRATA_PLAIN_LOOP
    for (; count >= N; count -= N, to += N, from += N) store_lanes<N>(to, load_lanes<N>(from));
    if constexpr (N > 1) {
        if (count == 0) return;
        if (2 * count < N) return copy_lanes<N / 2>(to, from, count);
        const typename Lanes<T, N / 2>::Type last = load_lanes<N / 2>(from + count - N / 2);
        store_lanes<N / 2>(to, load_lanes<N / 2>(from));
        store_lanes<N / 2>(to + count - N / 2, last);
    }
}

}  // namespace strata::host
