// SPDX-License-Identifier: BSL-1.0
/// Convolution on the host for fewer samples than a vector has lanes: plain row-major [sample][channel][y][x], vectors along x.
/// Rows are copied into scratch first (zeros for the padding, one row for each tap where a stride breaks the run), so that every load is whole.
#pragma once

#include <cstddef>
#include <cstring>

#include <strata/kernel/host/convolution_gradient.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// The largest power of two up to a vector that is not more than twice what is needed.
template <class T> constexpr int rowwise_lanes(int needed) {
    int n = convolution_width<T>;
    while (n > 1 && n >= 2 * needed) n /= 2;
    return n;
}

/// Places of a row that are taken at a time: at most 1 KB, and so few that `rows` staged rows of them take 32 KB.
template <class T> constexpr int rowwise_segment(int places, int rows) {
    const int size = static_cast<int>(sizeof(T)), fit = 32768 / (rows * size), most = fit < 1024 / size ? fit : 1024 / size;
    const int whole = most < convolution_width<T> ? convolution_width<T> : most / convolution_width<T> * convolution_width<T>;
    return places < whole ? places : whole;
}

/// to[j] = row[start + j step] for j < length, zero where that lies outside the row.
template <class T> void stage_row(T* to, const T* row, int size, int start, int step, int length) noexcept {
    int before = start < 0 ? (-start + step - 1) / step : 0;
    before = before < length ? before : length;
    const int first = start + before * step, left = first < size ? (size - 1 - first) / step + 1 : 0, held = left < length - before ? left : length - before;
    for (int j = 0; j < before; ++j) to[j] = T{0};
    to += before;
    if (step == 1 && held > 0)
        std::memcpy(to, row + first, static_cast<std::size_t>(held) * sizeof(T));
    else
        for (int j = 0; j < held; ++j) to[j] = row[first + static_cast<long>(j) * step];
    for (int j = held; j < length - before; ++j) to[j] = T{0};
}

/// Runs correlation K over operands [sample][row][y][x]; the result goes to the epilogue by rows, numbered sample * (groups * filters) + filter.
template <class T, Correlation K, int Capacity> struct RowwiseCorrelation {
    static constexpr int phases = K.x.phases();
    static constexpr bool strided = K.x.step() > 1; // then each tap has a row of its own
    /// Columns (of one phase) taken at a time.
    static constexpr int segment = rowwise_segment<T>(K.x.phase(0).count, (K.y.step() + (K.y.kernel - 1) * K.y.dilation + 1) * (strided ? K.x.kernel : 1));
    static constexpr int N = rowwise_lanes<T>(segment), vectors = (segment + N - 1) / N, padded = vectors * N;
    static constexpr int line = 64 / static_cast<int>(sizeof(T)), row_room = (phases * padded + line - 1) / line * line; // of one row of results
    static constexpr Block block = choose_block(K.filters, vectors, correlate_cost);
    static constexpr int segments = (K.x.phase(0).count + segment - 1) / segment;

    /// Where the taps of all phases begin and end, in places from the first column's own.
    static constexpr int least() {
        int least = 1 << 30;
        for (int r = 0; r < phases; ++r) {
            const Axis::Phase p = K.x.phase(r);
            const int end = p.origin + (p.taps > 0 ? p.taps - 1 : 0) * p.tap_step;
            if (p.taps == 0) continue;
            least = p.origin < least ? p.origin : least, least = end < least ? end : least;
        }
        return least == 1 << 30 ? 0 : least;
    }
    static constexpr int most() {
        int most = -(1 << 30);
        for (int r = 0; r < phases; ++r) {
            const Axis::Phase p = K.x.phase(r);
            const int end = p.origin + (p.taps > 0 ? p.taps - 1 : 0) * p.tap_step;
            if (p.taps == 0) continue;
            most = p.origin > most ? p.origin : most, most = end > most ? end : most;
        }
        return most == -(1 << 30) ? 0 : most;
    }
    static constexpr int staged = strided ? padded * K.x.kernel : padded + most() - least();

    static constexpr int stage_bytes = 40960, rows_bytes = 40960;
    /// Rows of the result for which all channels fit into the stage; none: channels in chunks, sums kept in memory between them.
    static constexpr int rows_needed(int rows) {
        const int need = ((rows - 1) / K.y.phases() + 1) * K.y.step() + (K.y.kernel - 1) * K.y.dilation + 1;
        return need < K.y.in ? need : K.y.in;
    }
    static constexpr long staged_bytes(int rows) { return static_cast<long>(K.channels) * rows_needed(rows) * staged * static_cast<int>(sizeof(T)); }
    static constexpr int choose_rows() {
        int rows = K.y.out < 8 ? K.y.out : 8;
        while (rows > 0 && staged_bytes(rows) > stage_bytes) --rows;
        return rows;
    }
    static constexpr bool together = choose_rows() > 0;
    static constexpr int item_rows = together ? choose_rows() : 1;
    static constexpr int channel_bytes = rows_needed(1) * staged * static_cast<int>(sizeof(T));
    static constexpr int channel_chunk = together ? K.channels : channel_bytes >= stage_bytes ? 1 : stage_bytes / channel_bytes;
    static constexpr int filter_bytes = row_room * static_cast<int>(sizeof(T));
    static constexpr int filter_room = filter_bytes * block.rows >= rows_bytes ? block.rows : rows_bytes / filter_bytes / block.rows * block.rows;
    static constexpr int filter_chunk = K.filters < filter_room ? K.filters : filter_room;
    static constexpr int row_items = (K.y.out + item_rows - 1) / item_rows;
    static constexpr int items = Capacity * K.groups * row_items * segments;

    template <class Epilogue> static void run_item(int item, int count, const T* x, const T* w, Epilogue&& epilogue) noexcept {
        const int part = item % segments, rows = item / segments % row_items, group = item / (segments * row_items) % K.groups;
        const int sample = item / (segments * row_items * K.groups);
        if (sample >= count) return;
        static_assert((static_cast<long>(channel_chunk) * rows_needed(item_rows) * staged + filter_chunk * row_room) * static_cast<int>(sizeof(T)) <= 122880);
        alignas(64) T stage[static_cast<long>(channel_chunk) * rows_needed(item_rows) * staged];
        alignas(64) T sums[filter_chunk * row_room];
        x += (static_cast<long>(sample) * K.groups + group) * K.channels * K.x_places();
        w += static_cast<long>(group) * K.w_group();
        const int first = rows * item_rows, end = first + item_rows < K.y.out ? first + item_rows : K.y.out, column = part * segment;
        for (int f = 0; f < K.filters; f += filter_chunk) {
            const int filters = K.filters - f < filter_chunk ? K.filters - f : filter_chunk;
            const Rows held = rows_of(first, end);
            if (together && f == 0) fill(stage, x, held, column, 0, K.channels);
            for (int y = first; y < end; ++y) {
                for (int c = 0; c < K.channels; c += channel_chunk) {
                    const int channels = K.channels - c < channel_chunk ? K.channels - c : channel_chunk;
                    if (!together) fill(stage, x, held, column, c, channels);
                    for (int b = 0; b < filters; b += block.rows)
                        row(y, filters - b, channels, c > 0, stage, held, w + (static_cast<long>(f + b) * K.w_filter + static_cast<long>(c) * K.w_channel),
                            sums + b * row_room);
                }
                finish(sums, (sample * K.groups + group) * K.filters + f, filters, y, column, epilogue);
            }
        }
    }

private:
    struct Rows { // of the operand, that the stage holds
        int first, count;
    };
    static constexpr Rows rows_of(int first, int end) {
        int low = K.y.in, high = -1;
        for (int y = first; y < end; ++y) {
            const Axis::Phase p = K.y.phase(y % K.y.phases());
            const int start = p.origin + y / K.y.phases() * K.y.step();
            const TapRange t = taps_inside(start, p.tap_step, p.taps, K.y.in);
            if (t.first == t.last) continue;
            const int a = start + t.first * p.tap_step, b = start + (t.last - 1) * p.tap_step;
            low = a < low ? a : low, low = b < low ? b : low, high = a > high ? a : high, high = b > high ? b : high;
        }
        return {low, high < low ? 0 : high - low + 1};
    }
    static void fill(T* stage, const T* x, Rows rows, int column, int first, int channels) noexcept {
        for (int c = first; c < first + channels; ++c)
            for (int r = 0; r < rows.count; ++r, stage += staged) {
                const T* from = x + c * K.x_places() + static_cast<long>(rows.first + r) * K.x.in;
                if constexpr (strided)
                    for (int k = 0; k < K.x.kernel; ++k)
                        stage_row(stage + k * padded, from, K.x.in, column * K.x.step() - K.x.pad + k * K.x.dilation, K.x.step(), padded);
                else
                    stage_row(stage, from, K.x.in, column + least(), 1, staged);
            }
    }
    /// A block of filters of one row.
    static void row(int y, int filters, int channels, bool accumulate, const T* stage, Rows held, const T* w, T* out) noexcept {
        constexpr int tail = K.filters % block.rows;
        if (tail == 0 || filters >= block.rows)
            row_of<block.rows>(y, channels, accumulate, stage, held, w, out);
        else
            row_of<tail == 0 ? 1 : tail>(y, channels, accumulate, stage, held, w, out);
    }
    template <int F> static void row_of(int y, int channels, bool accumulate, const T* stage, Rows held, const T* w, T* out) noexcept {
        const Axis::Phase p = K.y.phase(y % K.y.phases());
        const int start = p.origin + y / K.y.phases() * K.y.step();
        const TapRange taps = taps_inside(start, p.tap_step, p.taps, K.y.in);
        Walk walk;
        walk.channels = taps.first == taps.last ? 0 : channels, walk.rows = taps.last - taps.first;
        walk.x_channel = static_cast<long>(held.count) * staged, walk.x_row = static_cast<long>(p.tap_step) * staged;
        walk.w_channel = K.w_channel, walk.w_row = p.w_step * K.x.kernel;
        walk.out_filter = row_room, walk.out_column = N, walk.accumulate = accumulate;
        if (walk.channels > 0) stage += static_cast<long>(start + taps.first * p.tap_step - held.first) * staged;
        w += (p.w_first + taps.first * p.w_step) * K.x.kernel;
        [&]<int... R>(std::integer_sequence<int, R...>) { (phase_of<F, R>(stage, w, out + R * padded, walk), ...); }(std::make_integer_sequence<int, phases>{});
    }
    template <int F, int R> static void phase_of(const T* stage, const T* w, T* out, Walk walk) noexcept {
        constexpr Axis::Phase p = K.x.phase(R);
        constexpr int everything = 1 << 30, step = strided ? padded : p.tap_step, tail = vectors % block.columns;
        constexpr bool loop = p.taps > 7; // a long kernel row: one tap a turn
        if constexpr (loop) walk.groups = p.taps, walk.x_group = step, walk.w_group = p.w_step;
        constexpr Tile full{F, block.columns, loop ? 1 : p.taps, N, loop ? 0 : step, -everything, everything, 1, K.w_filter, loop ? 0 : p.w_step};
        constexpr Tile last{F, tail == 0 ? 1 : tail, full.taps, N, full.tap_step, -everything, everything, 1, K.w_filter, full.tap_stride};
        const T* from = stage + (strided || p.taps == 0 ? 0 : p.origin - least());
        int v = 0;
        for (; v + block.columns <= vectors; v += block.columns) correlate<T, N, full>(from + v * N, w + p.w_first, out + v * N, walk);
        if constexpr (tail > 0) correlate<T, N, last>(from + v * N, w + p.w_first, out + v * N, walk);
    }
    template <class Epilogue> static void finish(const T* sums, int row, int filters, int y, int column, Epilogue&& epilogue) noexcept {
        const int begin = column * phases, left = K.x.out - begin, length = left < segment * phases ? left : segment * phases;
        alignas(64) T run[phases == 1 ? 1 : row_room];
        for (int f = 0; f < filters; ++f, sums += row_room) {
            for (int i = 0; phases > 1 && i < length; ++i) run[i] = sums[i % phases * padded + i / phases];
            epilogue(static_cast<const T*>(phases == 1 ? sums : run), row + f, static_cast<long>(y) * K.x.out + begin, length);
        }
    }
};

/// As ConvolutionForward, for x: [sample][Channels][Height][Width]. Rows of the result: sample * Filters + filter; columns: places.
/// `run` is 64-byte aligned and may be read up to the next multiple of 64 bytes (what stands there means nothing).
template <class T, class C, int Capacity> struct ConvolutionForwardRowwise : RowwiseCorrelation<T, forward_of<C>, Capacity> {};

/// As ConvolutionDataGradient, for dy: [sample][Filters][out places].
template <class T, class C, int Capacity> struct ConvolutionDataGradientRowwise : RowwiseCorrelation<T, data_gradient_of<C>, Capacity> {};

/// As ConvolutionWeightGradient, for row-major x and dy: the sum over samples runs in their order.
template <class T, class C, int Capacity> struct ConvolutionWeightGradientRowwise {
    using Cut = GradientCut<C>;
    static constexpr bool strided = C::stride_x > 1; // then each tap has a staged row of its own
    static constexpr int segment = rowwise_segment<T>(C::out_width, ((C::kernel_y - 1) * C::dilation_y + 1) * Cut::block.columns * (strided ? Cut::taps : 1));
    static constexpr int segments = (C::out_width + segment - 1) / segment, N = rowwise_lanes<T>(segment), padded = (segment + N - 1) / N * N;
    static constexpr int staged = strided ? padded * Cut::taps : padded + (Cut::taps - 1) * C::dilation_x;
    /// Rows of dy that are staged at a time, with the rows of x that they meet: as many as 48 KB hold.
    static constexpr int x_rows(int n) { return (n - 1) * C::stride_y + (C::kernel_y - 1) * C::dilation_y + 1; }
    static constexpr int choose_rows() {
        int n = C::out_height;
        while (n > 1 && (static_cast<long>(n) * padded * Cut::block.rows + static_cast<long>(x_rows(n)) * staged * Cut::block.columns) *
                                   static_cast<int>(sizeof(T)) > 49152)
            --n;
        return n;
    }
    static constexpr int rows = choose_rows(), items = Cut::blocks;

    static void run_item(int item, int count, const T* x, const T* dy, T* dw) noexcept {
        const auto [group, f, c, chunk] = Cut::place(item, 4);
        const Item it{group * C::group_filters + f * Cut::block.rows, group * C::group_channels + c * Cut::block.columns, c * Cut::block.columns,
                      chunk * Cut::taps, count < Capacity ? count : Capacity, x, dy, dw};
        const bool all_filters = Cut::last_filters == Cut::block.rows || f + 1 < Cut::filter_blocks;
        const bool all_channels = Cut::last_channels == Cut::block.columns || c + 1 < Cut::channel_blocks;
        if (all_filters && all_channels)
            run<Cut::block.rows, Cut::block.columns>(it);
        else if (all_filters)
            run<Cut::block.rows, Cut::last_channels>(it);
        else if (all_channels)
            run<Cut::last_filters, Cut::block.columns>(it);
        else
            run<Cut::last_filters, Cut::last_channels>(it);
    }

private:
    struct Item {
        int filter, channel, weight_channel, first_tap, count;
        const T *x, *dy;
        T* dw;
    };
    template <int F, int Cn> static void run(const Item& it) noexcept {
        constexpr GradientTile tile{F, Cn, Cut::taps, N, N, strided ? padded : C::dilation_x, static_cast<long>(x_rows(rows)) * staged,
                                    static_cast<long>(rows) * padded, Cut::taps, false};
        constexpr int sums_row = F * Cn * Cut::taps * N;
        static_assert((C::kernel_y * sums_row + Cn * tile.x_channel + F * tile.dy_filter) * static_cast<int>(sizeof(T)) <= 131072);
        alignas(64) T sums[C::kernel_y * sums_row]{};
        alignas(64) T xs[Cn * tile.x_channel];
        alignas(64) T ds[F * tile.dy_filter];
        for (int b = 0; b < it.count; ++b)
            for (int column = 0; column < C::out_width; column += segment)
                for (int oy = 0; oy < C::out_height; oy += rows) {
                    const int places = C::out_width - column < segment ? C::out_width - column : segment, here = C::out_height - oy < rows ? C::out_height - oy : rows;
                    for (int f = 0; f < F; ++f)
                        for (int r = 0; r < here; ++r) // zeros after the end of the row
                            stage_row(ds + f * tile.dy_filter + r * padded,
                                      it.dy + ((static_cast<long>(b) * C::filters + it.filter + f) * C::out_height + oy + r) * C::out_width + column, places, 0, 1, padded);
                    const int iy = oy * C::stride_y - C::pad_y, start = column * C::stride_x - C::pad_x + it.first_tap * C::dilation_x;
                    for (int c = 0; c < Cn; ++c)
                        for (int r = iy < 0 ? -iy : 0; r < x_rows(here) && iy + r < C::height; ++r) {
                            const T* row = it.x + ((static_cast<long>(b) * C::channels + it.channel + c) * C::height + iy + r) * C::width;
                            for (int k = 0; k < (strided ? Cut::taps : 1); ++k)
                                stage_row(xs + c * tile.x_channel + r * staged + k * padded, row, C::width, start + k * C::dilation_x, C::stride_x,
                                          strided ? padded : staged);
                        }
                    for (int ky = 0; ky < C::kernel_y; ++ky) {
                        const TapRange inside = taps_inside(iy + ky * C::dilation_y, C::stride_y, here, C::height);
                        gradient_tile<T, N, tile>(xs + static_cast<long>(inside.first * C::stride_y + ky * C::dilation_y) * staged, ds + inside.first * padded,
                                                  sums + ky * sums_row, {inside.last - inside.first, (places + N - 1) / N, 1, static_cast<long>(C::stride_y) * staged, padded, 0});
                    }
                }
        for (int ky = 0; ky < C::kernel_y; ++ky)
            for (int f = 0; f < F; ++f)
                for (int c = 0; c < Cn; ++c)
                    for (int k = 0; k < Cut::taps && it.first_tap + k < C::kernel_x; ++k)
                        it.dw[((static_cast<long>(it.filter + f) * C::group_channels + it.weight_channel + c) * C::kernel_y + ky) * C::kernel_x + it.first_tap + k] =
                            sum_of_lanes<T, N>(load_lanes<N>(sums + ky * sums_row + ((f * Cn + c) * Cut::taps + k) * N));
    }
};

} // namespace strata::host
