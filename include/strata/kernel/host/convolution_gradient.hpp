// SPDX-License-Identifier: BSL-1.0
/// The gradient of a convolution by its weights on the host, the batch innermost: a block of filters times channels times the kernel row in registers,
/// summed over places and samples, one horizontal sum at the end.
#pragma once

#include <cstdint>
#include <type_traits>

#include <strata/kernel/host/convolution.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// What the compiler must know of a tile of the weight gradient; strides in elements.
struct GradientTile {
    int filters, channels, taps;
    int x_place, dy_place, tap; // from one place (tap) to the next
    long x_channel, dy_filter;
    int sums_channel; // taps that a channel has in `sums`
    bool masked;
    constexpr bool operator==(const GradientTile&) const = default;
};

/// What a tile of the weight gradient is told at run time.
struct GradientWalk {
    int rows = 1, places = 0, vectors = 1;
    long x_row = 0, dy_row = 0;
    int lanes = 0; // of a vector that count, where the tile is masked
};

/// N lanes of ones (all bits) of which the first `lanes` stay.
template <class T, int N> STRATA_INLINE auto lane_mask(int lanes) noexcept {
    using Int = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;
    alignas(64) Int bits[N];
    for (int i = 0; i < N; ++i) bits[i] = i < lanes ? Int{-1} : Int{0};
    return load_lanes<N>(static_cast<const Int*>(bits));
}

template <class T, int N, GradientTile tile, int... A>
STRATA_INLINE void gradient_unrolled(const T* x, const T* dy, T* sums, const GradientWalk& walk, std::integer_sequence<int, A...>) noexcept {
    using V = typename Lanes<T, N>::Type;
    constexpr int F = tile.filters, C = tile.channels, K = tile.taps;
    const auto mask = lane_mask<T, N>(tile.masked ? walk.lanes : N);
    const auto load = [&](const T* from) __attribute__((always_inline)) {
        if constexpr (tile.masked) {
            using Bits = std::remove_const_t<decltype(mask)>;
            return reinterpret_cast<V>(reinterpret_cast<Bits>(load_lanes<N>(from)) & mask); // bits, so that a NaN goes too
        } else
            return load_lanes<N>(from);
    };
    V sum[F * C * K];
    ((sum[A] = V{}), ...);
    STRATA_PLAIN_LOOP  // unrolled, they need more registers than there are
    for (int r = 0; r < walk.rows; ++r)
        STRATA_PLAIN_LOOP
        for (int v = 0; v < walk.vectors; ++v) {
            const T *xs = x + (r * walk.x_row + v * N), *ds = dy + (r * walk.dy_row + v * N);
            STRATA_PLAIN_LOOP
            for (int p = 0; p < walk.places; ++p, xs += tile.x_place, ds += tile.dy_place) {
                if constexpr (F <= C * K) // the shorter side stays in registers; A = (channel, tap, filter) or (filter, channel, tap)
                    ((sum[A % F * (C * K) + A / F] += load(ds + A % F * tile.dy_filter) * load(xs + (A / F / K * tile.x_channel + A / F % K * tile.tap))), ...);
                else
                    ((sum[A] += load(ds + A / (C * K) * tile.dy_filter) * load(xs + (A / K % C * tile.x_channel + A % K * tile.tap))), ...);
            }
        }
    (store_lanes<N>(sums + (A / K * tile.sums_channel + A % K) * N, load_lanes<N>(sums + (A / K * tile.sums_channel + A % K) * N) + sum[A]), ...);
}

/// sums[f][c][k][:] += sum over rows, places and vectors of dy[f] x[c][place + tap k].
template <class T, int N, GradientTile tile> [[gnu::noinline]] void gradient_tile(const T* x, const T* dy, T* sums, const GradientWalk& walk) noexcept {
    gradient_unrolled<T, N, tile>(x, dy, sums, walk, std::make_integer_sequence<int, tile.filters * tile.channels * tile.taps>{});
}

/// The sum of N lanes, by halves.
template <class T, int N> STRATA_INLINE T sum_of_lanes(typename Lanes<T, N>::Type v) noexcept {
    if constexpr (N == 1)
        return v;
    else if constexpr (N == 2)
        return v[0] + v[1];
    else {
        typename Lanes<T, N / 2>::Type half[2]; // a copy, since nvcc's front end takes no pack of shuffle indices
        __builtin_memcpy(half, &v, sizeof v);
        return sum_of_lanes<T, N / 2>(half[0] + half[1]);
    }
}

/// How convolution C's weight gradient is cut: blocks of filters x channels x taps.
template <class C> struct GradientCut {
    static constexpr int tap_chunks = (C::kernel_x + 6) / 7, taps = (C::kernel_x + tap_chunks - 1) / tap_chunks;
    /// Neighbouring places share all taps but one if nothing lies between them: the compiler keeps those in registers, so they are counted as such.
    static constexpr bool shared = C::stride_x == 1 && C::dilation_x == 1;
    static constexpr long cost(int filters, int channels) {
        const int work = filters * channels * taps, loads = filters + channels * (shared ? 1 : taps), slowest = work > loads ? work : loads;
        if (filters * channels > 1 && (work > (convolution_registers == 32 ? 24 : 12) || work + channels * taps + 1 > convolution_registers)) return -1;
        return 8 * (slowest > convolution_chain ? slowest : convolution_chain) + 2 * loads;
    }
    static constexpr Block block = choose_block(C::group_filters, C::group_channels, cost);
    static constexpr int filter_blocks = (C::group_filters + block.rows - 1) / block.rows, channel_blocks = (C::group_channels + block.columns - 1) / block.columns;
    static constexpr int last_filters = C::group_filters - (filter_blocks - 1) * block.rows, last_channels = C::group_channels - (channel_blocks - 1) * block.columns;
    static constexpr int blocks = C::groups * filter_blocks * channel_blocks * tap_chunks;
    static constexpr int sums = block.rows * block.columns * taps; // of one kernel row

    struct Place {
        int group, filter_block, channel_block, tap_chunk;
    };
    /// Block `i` in an order that keeps `together` blocks of filters in the second cache while the channels pass.
    static constexpr Place place(int i, int together) {
        const int chunk = i % tap_chunks, pairs = filter_blocks * channel_blocks, pair = i / tap_chunks % pairs, first = pair / (together * channel_blocks) * together;
        const int here = filter_blocks - first < together ? filter_blocks - first : together, within = pair - first * channel_blocks;
        return {i / tap_chunks / pairs, first + within % here, within / here, chunk};
    }
};

/// dw[f][c][ky][kx] = sum over places and samples of x dy: run_item(item, count, x, dy, dw) for every item in [0, items); all of dw is written.
/// x: [Channels][Height][Width][Capacity], dy: [Filters][out places][Capacity]. Lanes from the count on are masked in both.
/// Results are the same bits for any order of the items.
template <class T, class C, int Capacity> struct ConvolutionWeightGradient {
    static constexpr int N = convolution_width<T>;
    static_assert(Capacity % N == 0, "strata: the capacity must be whole vectors; round it up");
    using Cut = GradientCut<C>;
    /// Few blocks: each kernel row is an item of its own. Many: one item takes all kernel rows, while the rows of dy are in the first cache.
    static constexpr bool split_rows = Cut::blocks < 8 || Cut::sums * C::kernel_y > 512;
    static constexpr int items = Cut::blocks * (split_rows ? C::kernel_y : 1);

    static void run_item(int item, int count, const T* x, const T* dy, T* dw) noexcept {
        const int ky = split_rows ? item % C::kernel_y : 0;
        constexpr long plane = static_cast<long>(C::out_height) * C::out_width * Capacity * static_cast<int>(sizeof(T)) * Cut::block.rows;
        const auto [group, f, c, chunk] = Cut::place(split_rows ? item / C::kernel_y : item, plane < 400'000 ? static_cast<int>(400'000 / plane) : 1);
        const Item it{group * C::group_filters + f * Cut::block.rows, group * C::group_channels + c * Cut::block.columns, c * Cut::block.columns, ky,
                      split_rows ? ky + 1 : C::kernel_y, count, x, dy, dw};
        const int filter_block = f, tap_chunk = chunk; // structured bindings cannot be captured by every compiler
        [&]<int... K>(std::integer_sequence<int, K...>) {
            ((K == tap_chunk ? choose_filters<K>(it, filter_block) : void()), ...);
        }(std::make_integer_sequence<int, Cut::tap_chunks>{});
    }

private:
    /// Rows of dy that one call of a tile sums, so that they are in the first cache for all kernel rows.
    template <int F> static constexpr int rows_of = 32768 / (F * C::out_width * Capacity * static_cast<int>(sizeof(T))) + 1;
    struct Item {
        int filter, channel, weight_channel, first_ky, end_ky, count;
        const T *x, *dy;
        T* dw;
    };
    template <int Chunk> static void choose_filters(const Item& it, int f) noexcept {
        if (Cut::last_filters == Cut::block.rows || f + 1 < Cut::filter_blocks)
            choose_channels<Chunk, Cut::block.rows>(it);
        else
            choose_channels<Chunk, Cut::last_filters>(it);
    }
    template <int Chunk, int F> static void choose_channels(const Item& it) noexcept {
        if (Cut::last_channels == Cut::block.columns || it.weight_channel + Cut::block.columns <= C::group_channels)
            run<Chunk, F, Cut::block.columns>(it);
        else
            run<Chunk, F, Cut::last_channels>(it);
    }

    /// Neighbouring outputs of a row that meet the same taps of a chunk.
    struct Segment {
        int begin, end;
        TapRange taps;
    };
    static constexpr int chunk_taps(int chunk) { return (chunk + 1) * Cut::taps <= C::kernel_x ? Cut::taps : C::kernel_x - chunk * Cut::taps; }
    static constexpr TapRange taps_at(int chunk, int ox) {
        return taps_inside(ox * C::stride_x - C::pad_x + chunk * Cut::taps * C::dilation_x, C::dilation_x, chunk_taps(chunk), C::width);
    }
    template <int Chunk> struct Segments {
        Segment list[2 * Cut::taps + 3]{};
        int count = 0;
        constexpr Segments() {
            for (int ox = 0; ox < C::out_width; ++ox) {
                const TapRange t = taps_at(Chunk, ox);
                if (count > 0 && list[count - 1].taps.first == t.first && list[count - 1].taps.last == t.last)
                    list[count - 1].end = ox + 1;
                else
                    list[count++] = {ox, ox + 1, t};
            }
        }
        constexpr bool has(int taps) const {
            for (int i = 0; i < count; ++i)
                if (list[i].taps.last - list[i].taps.first == taps) return true;
            return false;
        }
    };
    template <int Chunk> static constexpr Segments<Chunk> segments{};

    static constexpr GradientTile tile_of(int filters, int channels, int taps, int all_taps, bool masked) {
        return {filters, channels, taps, C::stride_x * Capacity, Capacity, C::dilation_x * Capacity, static_cast<long>(C::height) * C::width * Capacity,
                static_cast<long>(C::out_height) * C::out_width * Capacity, all_taps, masked};
    }

    template <int Chunk, int F, int Cn> static void run(const Item& it) noexcept {
        constexpr int taps = chunk_taps(Chunk), sums_row = F * Cn * taps * N;
        alignas(64) T sums[sums_row * (split_rows ? 1 : C::kernel_y)]{};
        const T* x = it.x + static_cast<long>(it.channel) * C::height * C::width * Capacity + Chunk * Cut::taps * C::dilation_x * Capacity;
        const T* dy = it.dy + static_cast<long>(it.filter) * C::out_height * C::out_width * Capacity;
        for (int row = 0; row < C::out_height; row += rows_of<F>)
            for (int ky = it.first_ky; ky < it.end_ky; ++ky) {
                const int end = row + rows_of<F> < C::out_height ? row + rows_of<F> : C::out_height;
                const TapRange inside = taps_inside(row * C::stride_y + ky * C::dilation_y - C::pad_y, C::stride_y, end - row, C::height);
                if (inside.first == inside.last) continue;
                const int oy = row + inside.first, iy = oy * C::stride_y + ky * C::dilation_y - C::pad_y;
                for (int s = 0; s < segments<Chunk>.count; ++s) {
                    const Segment part = segments<Chunk>.list[s];
                    if (part.taps.first == part.taps.last) continue;
                    const long at = static_cast<long>(iy) * C::width + part.begin * C::stride_x - C::pad_x + part.taps.first * C::dilation_x;
                    choose_taps<Chunk, F, Cn>(x + at * Capacity, dy + (static_cast<long>(oy) * C::out_width + part.begin) * Capacity,
                                              sums + (ky - it.first_ky) * sums_row + part.taps.first * N, part.taps.last - part.taps.first,
                                              {inside.last - inside.first, part.end - part.begin, it.count / N, static_cast<long>(C::stride_y) * C::width * Capacity,
                                               static_cast<long>(C::out_width) * Capacity, it.count % N});
                }
            }
        for (int ky = it.first_ky; ky < it.end_ky; ++ky)
            for (int f = 0; f < F; ++f)
                for (int c = 0; c < Cn; ++c)
                    for (int k = 0; k < taps; ++k)
                        it.dw[((static_cast<long>(it.filter + f) * C::group_channels + it.weight_channel + c) * C::kernel_y + ky) * C::kernel_x + Chunk * Cut::taps +
                              k] = sum_of_lanes<T, N>(load_lanes<N>(sums + (ky - it.first_ky) * sums_row + ((f * Cn + c) * taps + k) * N));
    }

    template <int Chunk, int F, int Cn> static void choose_taps(const T* x, const T* dy, T* sums, int n, const GradientWalk& walk) noexcept {
        constexpr int taps = chunk_taps(Chunk);
        [&]<int... K>(std::integer_sequence<int, K...>) {
            ((n == K + 1 ? one_segment<F, Cn, segments<Chunk>.has(K + 1) ? K + 1 : 0, taps>(x, dy, sums, walk) : void()), ...);
        }(std::make_integer_sequence<int, taps>{});
    }
    template <int F, int Cn, int K, int All> static void one_segment(const T* x, const T* dy, T* sums, GradientWalk walk) noexcept {
        if constexpr (K > 0) {
            const int whole = walk.vectors;
            if (whole > 0) gradient_tile<T, N, tile_of(F, Cn, K, All, false)>(x, dy, sums, walk);
            walk.vectors = 1;
            if (walk.lanes > 0) // the last vector, one filter and channel at a time: a masked copy of the large tile is not worth compiling
                for (int f = 0; f < F; ++f)
                    for (int c = 0; c < Cn; ++c)
                        gradient_tile<T, N, tile_of(1, 1, K, All, true)>(x + (static_cast<long>(c) * C::height * C::width * Capacity + whole * N),
                                                                         dy + (static_cast<long>(f) * C::out_height * C::out_width * Capacity + whole * N),
                                                                         sums + (f * Cn + c) * All * N, walk);
        }
    }
};

} // namespace strata::host
