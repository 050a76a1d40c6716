// SPDX-License-Identifier: BSL-1.0
/// The register tile of a convolution on the host: a block of filters times a block of places, a kernel row unrolled.
/// Forward pass, data gradient and both layouts run on it; they differ in steps and in the order of the weights only.
#pragma once

#include <utility>

#include <strata/core/macros.hpp>

namespace strata::host::inline STRATA_VARIANT {

#if defined(__AVX512F__)
inline constexpr int convolution_vector_bytes = 64, convolution_registers = 32;
#elif defined(__AVX__)
inline constexpr int convolution_vector_bytes = 32, convolution_registers = 16;
#else
inline constexpr int convolution_vector_bytes = 16, convolution_registers = 16;
#endif

/// Elements in a vector of T.
template <class T> inline constexpr int convolution_width = convolution_vector_bytes / static_cast<int>(sizeof(T));

/// N elements of T: `Type` for values, `Loose` for memory at any address that suits T. One element is T itself.
template <class T, int N> struct Lanes {
    using Type __attribute__((vector_size(N * sizeof(T)))) = T;
    using Loose __attribute__((vector_size(N * sizeof(T)), aligned(alignof(T)), may_alias)) = T;
};
template <class T> struct Lanes<T, 1> {
    using Type = T;
    using Loose = T;
};

template <int N, class T> STRATA_INLINE typename Lanes<T, N>::Type load_lanes(const T* from) noexcept {
    return *reinterpret_cast<const typename Lanes<T, N>::Loose*>(from);
}
template <int N, class T> STRATA_INLINE void store_lanes(T* to, typename Lanes<T, N>::Type value) noexcept {
    *reinterpret_cast<typename Lanes<T, N>::Loose*>(to) = value;
}

/// Keeps a vector that several multiply-adds share in its register: else g++ reads it from memory for each of them, and a core loads no more
/// than two vectors while it multiplies two.
template <class V> STRATA_INLINE void keep_in_register([[maybe_unused]] V& vector) noexcept {
#if defined(__AVX__) && !defined(__clang__)
    asm("" : "+v"(vector));
#endif
}

/// What the compiler must know of a tile. The input place that column i meets at tap k is i column_step + k tap_step;
/// it counts only if low <= place < high (the border, trimmed at compile time). `place` is the distance of two places in elements.
struct Tile {
    int filters, columns, taps;
    int column_step, tap_step, low, high, place;
    int filter_stride, tap_stride; // of the weights
    bool far = false; // what one walk over the channels reads is more than the first cache holds
    constexpr int reach() const { return (taps > 0 ? taps - 1 : 0) * tap_step; }
    constexpr bool operator==(const Tile&) const = default;
};

/// What a tile is told at run time: the loops around a kernel row and their strides, in elements.
struct Walk {
    int channels = 0, rows = 0, groups = 1, vectors = 1; // groups of `taps` unrolled taps, when the kernel row is too long for one
    long x_channel = 0, x_row = 0, x_group = 0;
    long w_channel = 0, w_row = 0, w_group = 0;
    long out_filter = 0, out_column = 0;
    bool accumulate = false; // begin with what `out` holds instead of zero
};

template <class T, int N, Tile tile, int... A, int... I>
STRATA_INLINE void correlate_unrolled(const T* x, const T* w, T* out, const Walk& walk, std::integer_sequence<int, A...>,
                                      std::integer_sequence<int, I...>) noexcept {
    using V = typename Lanes<T, N>::Type;
    constexpr int X = tile.columns, FX = tile.filters * tile.columns;
    for (int v = 0; v < walk.vectors; ++v, x += N, out += N) {
        V sum[FX];
        if (walk.accumulate)
            ((sum[A] = load_lanes<N>(out + (A / X) * walk.out_filter + (A % X) * walk.out_column)), ...);
        else
            ((sum[A] = V{}), ...);
        STRATA_PLAIN_LOOP  // unrolled, they need more registers than there are
        for (int c = 0; c < walk.channels; ++c)
            STRATA_PLAIN_LOOP
            for (int r = 0; r < walk.rows; ++r) {
                const T* xs = x + (c * walk.x_channel + r * walk.x_row);
                const T* ws = w + (c * walk.w_channel + r * walk.w_row);
                // The core looks ahead along a row, but not to the next channel's.
                if constexpr (tile.far)
                    for (int p = tile.reach() < 0 ? tile.reach() : 0; p <= (X - 1) * tile.column_step + (tile.reach() > 0 ? tile.reach() : 0); ++p)
                        __builtin_prefetch(xs + walk.x_channel + p * tile.place);
                STRATA_PLAIN_LOOP
                for (int g = 0; g < walk.groups; ++g, xs += walk.x_group, ws += walk.w_group)
                    // I = (tap, filter, column); equal loads of neighbouring taps become one.
                    (((I % X) * tile.column_step + (I / FX) * tile.tap_step >= tile.low && (I % X) * tile.column_step + (I / FX) * tile.tap_step < tile.high
                          ? void(sum[I % FX] += ws[(I % FX / X) * tile.filter_stride + (I / FX) * tile.tap_stride] *
                                                load_lanes<N>(xs + ((I % X) * tile.column_step + (I / FX) * tile.tap_step) * tile.place))
                          : void()),
                     ...);
            }
        (store_lanes<N>(out + (A / X) * walk.out_filter + (A % X) * walk.out_column, sum[A]), ...);
    }
}

/// out[f][i][:] (+)= sum over channels, rows and taps of w[f] x[place]: the whole reduction of one tile, its sums in registers.
/// x is the address of (first channel, first row, place 0), which may lie before the plane where `low` > 0.
template <class T, int N, Tile tile> [[gnu::noinline]] void correlate(const T* x, const T* w, T* out, const Walk& walk) noexcept {
    correlate_unrolled<T, N, tile>(x, w, out, walk, std::make_integer_sequence<int, tile.filters * tile.columns>{},
                                   std::make_integer_sequence<int, tile.taps * tile.filters * tile.columns>{});
}

/// A block of rows times columns of accumulators.
struct Block {
    int rows, columns;
};

/// The block that covers rows x columns at the least cost. cost(rows, columns) of a block, tails too, is negative if its sums do not fit into registers.
template <class Cost> constexpr Block choose_block(int rows, int columns, Cost cost) {
    Block best{1, 1};
    long best_cost = -1;
    for (int r = 1; r <= 8 && r <= rows; ++r)
        for (int c = 1; c <= 8 && c <= columns; ++c) {
            if (cost(r, c) < 0) continue;
            const long down = rows / r, across = columns / c;
            long sum = down * across * cost(r, c);
            if (rows % r) sum += across * cost(rows % r, c);
            if (columns % c) sum += down * cost(r, columns % c);
            if (rows % r && columns % c) sum += cost(rows % r, columns % c);
            sum += sum / 64 * ((rows % r != 0) + (columns % c != 0)); // one more tile to compile
            if (best_cost < 0 || sum < best_cost || (sum == best_cost && r * c > best.rows * best.columns)) best = {r, c}, best_cost = sum;
        }
    return best;
}

/// Multiply-adds that keep a core busy while one of them is on its way.
inline constexpr int convolution_chain = convolution_registers == 32 ? 6 : 8;

/// The cost of a tile for one tap, in eighths of a multiply-add: the slowest of multiply-adds, loads and the chain, and some for what surrounds them.
/// A column costs more than a filter: it comes from farther away.
constexpr long correlate_cost(int filters, int columns) {
    const int work = filters * columns, loads = filters + columns, held = filters < columns ? filters : columns;
    if (work > (convolution_registers == 32 ? 24 : 12) || work + held + 1 >= convolution_registers) return -1;
    const int slowest = work > loads ? work : loads;
    return 8 * (slowest > convolution_chain ? slowest : convolution_chain) + filters + 3 * columns + 6;
}

} // namespace strata::host
