// SPDX-License-Identifier: BSL-1.0
/// Convolution on the host with the batch innermost: activations [channel][y][x][lane], weights [filter][channel / groups][ky][kx].
/// Every loop is over whole vectors of samples, whatever the channels and widths; lanes from the count on may hold anything.
#pragma once

#include <strata/kernel/host/correlate.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// A 2-D convolution: y[f][oy][ox] = sum over c, ky, kx of w[f][c][ky][kx] x[c][oy StrideY + ky DilationY - PadY][...].
template <int Channels, int Height, int Width, int Filters, int KernelY, int KernelX, int StrideY = 1, int StrideX = 1, int PadY = 0, int PadX = 0,
          int DilationY = 1, int DilationX = 1, int Groups = 1>
struct Convolution {
    static_assert(Channels % Groups == 0 && Filters % Groups == 0, "strata: groups must divide channels and filters; change one of the three");
    static constexpr int channels = Channels, height = Height, width = Width, filters = Filters, kernel_y = KernelY, kernel_x = KernelX;
    static constexpr int stride_y = StrideY, stride_x = StrideX, pad_y = PadY, pad_x = PadX, dilation_y = DilationY, dilation_x = DilationX;
    static constexpr int groups = Groups, group_channels = Channels / Groups, group_filters = Filters / Groups;
    static constexpr int reach_y = Height + 2 * PadY - DilationY * (KernelY - 1) - 1, reach_x = Width + 2 * PadX - DilationX * (KernelX - 1) - 1;
    static_assert(reach_y >= 0 && reach_x >= 0, "strata: the kernel does not fit into the padded image; pad more or use a smaller kernel");
    static constexpr int out_height = reach_y / StrideY + 1, out_width = reach_x / StrideX + 1;
    static constexpr long weights = static_cast<long>(Filters) * group_channels * KernelY * KernelX;
    /// Operations of a forward pass for one sample (a multiply-add is two), border included.
    static constexpr long flops = 2 * weights * out_height * out_width;
};

/// One axis of a correlation out[o] = sum over k of w[k] in[...]: a forward convolution, or its transposed (the data gradient).
struct Axis {
    int in, out, kernel, stride, pad, dilation;
    bool transposed;
    /// Outputs o = j phases + r of one residue r share their taps: then in = origin + j step + k tap_step for the taps w_first + k w_step.
    struct Phase {
        int count, taps, origin, tap_step, w_first, w_step;
    };
    constexpr int phases() const { return transposed ? stride : 1; }
    constexpr int step() const { return transposed ? 1 : stride; }
    constexpr Phase phase(int r) const {
        if (!transposed) return {out, kernel, -pad, dilation, 0, 1};
        int first = 0;
        while (first < kernel && (r + pad - first * dilation) % stride != 0) ++first;
        int turn = 1; // taps between two that meet this residue: stride / gcd(stride, dilation)
        while (turn * dilation % stride != 0) ++turn;
        const int taps = first < kernel ? (kernel - 1 - first) / turn + 1 : 0;
        return {r < out ? (out - 1 - r) / stride + 1 : 0, taps, (r + pad - first * dilation) / stride, -(dilation * turn / stride), first, turn};
    }
};

/// A correlation in both axes. Strides of the weights tell a forward pass from a data gradient.
struct Correlation {
    Axis y, x;
    int groups, filters, channels; // filters and channels of one group: rows of the result, rows of the operand
    int w_filter, w_channel;       // strides of the weights, in elements
    constexpr int w_group() const { return filters * channels * y.kernel * x.kernel; }
    constexpr long x_places() const { return static_cast<long>(y.in) * x.in; }
};

template <class C>
inline constexpr Correlation forward_of{{C::height, C::out_height, C::kernel_y, C::stride_y, C::pad_y, C::dilation_y, false},
                                        {C::width, C::out_width, C::kernel_x, C::stride_x, C::pad_x, C::dilation_x, false},
                                        C::groups, C::group_filters, C::group_channels,
                                        C::group_channels * C::kernel_y * C::kernel_x, C::kernel_y * C::kernel_x};
template <class C>
inline constexpr Correlation data_gradient_of{{C::out_height, C::height, C::kernel_y, C::stride_y, C::pad_y, C::dilation_y, true},
                                              {C::out_width, C::width, C::kernel_x, C::stride_x, C::pad_x, C::dilation_x, true},
                                              C::groups, C::group_channels, C::group_filters,
                                              C::kernel_y * C::kernel_x, C::group_channels * C::kernel_y * C::kernel_x};

/// Taps of one output whose input exists: [first, last).
struct TapRange {
    int first, last;
};
constexpr TapRange taps_inside(int start, int step, int taps, int size) {
    int first = 0, last = taps;
    while (first < last && (start + first * step < 0 || start + first * step >= size)) ++first;
    while (first < last && (start + (last - 1) * step < 0 || start + (last - 1) * step >= size)) --last;
    return {first, last};
}

/// Runs correlation K over operands [row][y][x][Capacity]; the result goes to the epilogue, block by block.
template <class T, Correlation K, int Capacity> struct BatchCorrelation {
    static constexpr int N = convolution_width<T>;
    static_assert(Capacity % N == 0, "strata: the capacity must be whole vectors; round it up");
    static constexpr int phases = K.x.phases();
    static constexpr int blocks_of(int n, int each) { return (n + each - 1) / each; }
    static constexpr Block block = choose_block(K.filters, K.x.phase(0).count, correlate_cost);
    static constexpr int filter_blocks = blocks_of(K.filters, block.rows), last_filters = K.filters - (filter_blocks - 1) * block.rows;
    static constexpr int column_blocks = blocks_of(K.x.phase(0).count, block.columns);
    /// A kernel row longer than this is a loop, one tap a turn.
    static constexpr bool long_row = K.x.kernel > 7;

    // Rows of the result in one item: enough work (about 2^18 multiply-adds) to be worth handing to a thread.
    static constexpr long row_work = static_cast<long>(block.rows) * K.channels * K.x.out * K.y.kernel * K.x.kernel * Capacity / (K.y.phases() * phases);
    static constexpr int item_rows = row_work >= (1 << 18) ? 1 : (1 << 18) / (row_work + 1) >= K.y.out ? K.y.out : static_cast<int>((1 << 18) / (row_work + 1));
    static constexpr int row_items = blocks_of(K.y.out, item_rows);
    static constexpr int items = K.groups * row_items * filter_blocks;

    /// Lanes that one block of results takes at a time, so that the scratch stays in the first cache.
    static constexpr int place_bytes = block.rows * block.columns * phases * static_cast<int>(sizeof(T));
    static constexpr int chunk = place_bytes * Capacity <= 32768 ? Capacity : 32768 / place_bytes < N ? N : 32768 / place_bytes / N * N;
    static constexpr int line = 64 / static_cast<int>(sizeof(T)); // runs begin at multiples of 64 bytes
    static constexpr int place_room = (chunk + line - 1) / line * line;

    template <class Epilogue> static void run_item(int item, int count, const T* x, const T* w, Epilogue&& epilogue) noexcept {
        const int f = item % filter_blocks, rest = item / filter_blocks, rows = rest % row_items, group = rest / row_items;
        x += group * (K.channels * K.x_places() * Capacity);
        w += static_cast<long>(group) * K.w_group() + static_cast<long>(f) * block.rows * K.w_filter;
        const int first = group * K.filters + f * block.rows;
        const int end = (rows + 1) * item_rows < K.y.out ? (rows + 1) * item_rows : K.y.out;
        for (int y = rows * item_rows; y < end; ++y)
            if (last_filters == block.rows || f + 1 < filter_blocks)
                run_row<block.rows>(y, first, count, x, w, epilogue);
            else
                run_row<last_filters>(y, first, count, x, w, epilogue);
    }

private:
    struct Row { // one row of the result for one block of filters
        int y, first, count;
        const T *x, *w;
        Walk walk;
    };

    static constexpr int columns_in(int phase, int b) {
        const int left = K.x.phase(phase).count - b * block.columns;
        return left < 0 ? 0 : left < block.columns ? left : block.columns;
    }
    static constexpr bool interior(int b) {
        for (int r = 0; r < phases; ++r) {
            const Axis::Phase p = K.x.phase(r);
            if (columns_in(r, b) < block.columns) return false;
            for (int i = 0; i < block.columns; ++i) {
                const TapRange taps = taps_inside(p.origin + (b * block.columns + i) * K.x.step(), p.tap_step, p.taps, K.x.in);
                if (taps.first > 0 || taps.last < p.taps) return false;
            }
        }
        return true;
    }
    static constexpr int first_interior() {
        int b = 0;
        while (b < column_blocks && !interior(b)) ++b;
        return b;
    }
    static constexpr int end_interior() {
        int b = first_interior();
        while (b < column_blocks && interior(b)) ++b;
        return b;
    }

    /// What a tile's walk over the channels reads of the operand, and what of it stays near beside weights and sums.
    static constexpr long walked_bytes(int columns, int span) {
        const int places = (columns - 1) * K.x.step() + (span < 0 ? -span : span) + 1;
        return static_cast<long>(K.channels) * K.y.kernel * places * N * static_cast<long>(sizeof(T));
    }
    static constexpr long near_bytes = 24576;
    static constexpr Tile tile_of(int filters, int phase, int b) {
        const Axis::Phase p = K.x.phase(phase);
        const int columns = columns_in(phase, b), start = p.origin + b * block.columns * K.x.step(), span = (p.taps - 1) * p.tap_step;
        const int least = p.taps > 0 && span < 0 ? span : 0, most = (columns - 1) * K.x.step() + (p.taps > 0 && span > 0 ? span : 0) + 1;
        return {filters, columns, p.taps, K.x.step(), p.tap_step, -start > least ? -start : least, K.x.in - start < most ? K.x.in - start : most,
                Capacity, K.w_filter, p.w_step, walked_bytes(columns, span) > near_bytes};
    }

    template <int F, class Epilogue> static void run_row(int y, int first, int count, const T* x, const T* w, Epilogue&& epilogue) noexcept {
        const Axis::Phase p = K.y.phase(y % K.y.phases());
        const int start = p.origin + y / K.y.phases() * K.y.step();
        const TapRange taps = taps_inside(start, p.tap_step, p.taps, K.y.in);
        constexpr long row = static_cast<long>(K.x.in) * Capacity;
        Row it{y, first, count, x + (start + taps.first * p.tap_step) * row, w + (p.w_first + taps.first * p.w_step) * K.x.kernel, {}};
        it.walk.channels = K.channels, it.walk.rows = taps.last - taps.first;
        it.walk.x_channel = K.x_places() * Capacity, it.walk.x_row = p.tap_step * row;
        it.walk.w_channel = K.w_channel, it.walk.w_row = p.w_step * K.x.kernel;
        if (taps.first == taps.last) it.x = x, it.walk.channels = 0;
        constexpr int left = long_row ? 0 : first_interior(), right = long_row ? column_blocks : end_interior();
        [&]<int... B>(std::integer_sequence<int, B...>) { (run_block<F, B>(it, B, epilogue), ...); }(std::make_integer_sequence<int, left>{});
        if constexpr (left < right)
            for (int b = left; b < right; ++b) run_block<F, left>(it, b, epilogue);
        [&]<int... B>(std::integer_sequence<int, B...>) {
            (run_block<F, right + B>(it, right + B, epilogue), ...);
        }(std::make_integer_sequence<int, column_blocks - right>{});
    }

    /// Block b of columns, which looks like block Like to the compiler.
    template <int F, int Like, class Epilogue> static void run_block(const Row& row, int b, Epilogue&& epilogue) noexcept {
        alignas(64) T scratch[F * block.columns * phases * place_room];
        const int column = b * block.columns * phases, columns = K.x.out - column < block.columns * phases ? K.x.out - column : block.columns * phases;
        for (int lane = 0; lane < row.count; lane += chunk) {
            const int vectors = ((row.count - lane < chunk ? row.count - lane : chunk) + N - 1) / N;
            const bool whole = vectors * N == Capacity; // then the places of a block are one run
            const int place = whole ? Capacity : (vectors * N + line - 1) / line * line, filter = whole ? block.columns * phases * place_room : columns * place;
            Walk walk = row.walk;
            walk.vectors = vectors, walk.out_filter = filter, walk.out_column = place * phases;
            [&]<int... R>(std::integer_sequence<int, R...>) {
                (run_phase<F, R, Like>(row, b, lane, scratch + R * place, walk), ...);
            }(std::make_integer_sequence<int, phases>{});
            const long at = (static_cast<long>(row.y) * K.x.out + column) * Capacity + lane;
            for (int f = 0; f < F; ++f)
                if (whole)
                    epilogue(static_cast<const T*>(scratch + f * filter), row.first + f, at, columns * Capacity);
                else
                    for (int i = 0; i < columns; ++i)
                        epilogue(static_cast<const T*>(scratch + f * filter + i * place), row.first + f, at + static_cast<long>(i) * Capacity, vectors * N);
        }
    }

    template <int F, int R, int Like> static void run_phase(const Row& row, int b, int lane, T* out, Walk walk) noexcept {
        constexpr Axis::Phase p = K.x.phase(R);
        if constexpr (p.count == 0) return;
        const int start = p.origin + b * block.columns * K.x.step();
        const T* w = row.w + p.w_first;
        if constexpr (!long_row) {
            if constexpr (columns_in(R, Like) > 0)
                correlate<T, N, tile_of(F, R, Like)>(row.x + (static_cast<long>(start) * Capacity + lane), w, out, walk);
        } else {
            const int columns = columns_in(R, b);
            const bool inside = columns == block.columns && interior(b);
            constexpr int everything = 1 << 30;
            walk.x_group = static_cast<long>(p.tap_step) * Capacity, walk.w_group = p.w_step;
            if (inside) {
                walk.groups = p.taps;
                correlate<T, N, Tile{F, block.columns, 1, K.x.step(), 0, 0, everything, Capacity, K.w_filter, 0}>(
                    row.x + (static_cast<long>(start) * Capacity + lane), w, out, walk);
            } else
                for (int i = 0; i < columns; ++i) {
                    const int from = start + i * K.x.step();
                    const TapRange taps = taps_inside(from, p.tap_step, p.taps, K.x.in);
                    walk.groups = taps.last - taps.first;
                    const long at = walk.groups > 0 ? from + static_cast<long>(taps.first) * p.tap_step : 0;
                    correlate<T, N, Tile{F, 1, 1, 0, 0, 0, everything, Capacity, K.w_filter, 0}>(row.x + (at * Capacity + lane), w + taps.first * p.w_step,
                                                                                                out + i * walk.out_column, walk);
                }
        }
    }
};

/// y = convolution(x, w) without bias: run_item(item, count, x, w, epilogue) for every item in [0, items).
/// x: [Channels][Height][Width][Capacity], w: [Filters][Channels / Groups][KernelY][KernelX], result rows: filters.
/// epilogue(run, row, column, length): elements [column, column + length) of a row of the result seen as [row][place lane]; `run` is 64-byte aligned and
/// holds whole vectors; the callee stores. Each element of a vector with a sample comes once. Results are the same bits for any order of the items.
template <class T, class C, int Capacity> struct ConvolutionForward : BatchCorrelation<T, forward_of<C>, Capacity> {};

/// dx = the gradient of a convolution by its input: run_item(item, count, dy, w, epilogue); result rows: channels. Gathers, in a fixed order.
template <class T, class C, int Capacity> struct ConvolutionDataGradient : BatchCorrelation<T, data_gradient_of<C>, Capacity> {};

} // namespace strata::host
