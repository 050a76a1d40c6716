// SPDX-License-Identifier: BSL-1.0
/// Pooling on the host, and its gradients. Batch innermost: [channel][y][x][lane], vectors of samples. Rowwise: [sample][channel][y][x], the same
/// code with one lane. Results go to the epilogue by runs of a row, as those of a convolution do.
#pragma once

#include <strata/kernel/host/correlate.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// Pooling windows over planes. Outputs as in a convolution: (size + 2 pad - kernel) / stride + 1, rounded down.
template <int Channels, int Height, int Width, int KernelY, int KernelX, int StrideY = KernelY, int StrideX = KernelX, int PadY = 0, int PadX = 0> struct Window {
    static_assert(PadY < KernelY && PadX < KernelX, "strata: a window lies in the padding alone; pad less than the kernel");
    static_assert(Height + 2 * PadY >= KernelY && Width + 2 * PadX >= KernelX, "strata: the window does not fit into the padded image; use a smaller kernel");
    static constexpr int channels = Channels, height = Height, width = Width, kernel_y = KernelY, kernel_x = KernelX;
    static constexpr int stride_y = StrideY, stride_x = StrideX, pad_y = PadY, pad_x = PadX;
    static constexpr int out_height = (Height + 2 * PadY - KernelY) / StrideY + 1, out_width = (Width + 2 * PadX - KernelX) / StrideX + 1;
    /// Each element lies in one window at most, and windows do not leave the image.
    static constexpr bool apart = StrideY >= KernelY && StrideX >= KernelX && PadY == 0 && PadX == 0;
};

/// Indices [first, last).
struct Span {
    int first, last;
};
/// The input places of output o along one axis.
constexpr Span window_of(int o, int kernel, int stride, int pad, int size) {
    const int begin = o * stride - pad, end = begin + kernel;
    return {begin < 0 ? 0 : begin, end < size ? end : size};
}
/// The outputs whose windows hold input place i.
constexpr Span windows_holding(int i, int kernel, int stride, int pad, int outputs) {
    const int first = i + pad - kernel + 1, last = (i + pad) / stride + 1;
    return {first <= 0 ? 0 : (first + stride - 1) / stride, last < outputs ? last : outputs};
}

/// How pooling kernels are cut and hand over results of Channels x Height x Width. Items are blocks of rows; a block is computed in scratch, then given on.
template <class T, int Channels, int Height, int Width, int Capacity, bool Innermost> struct WindowBlocks {
    static constexpr int N = Innermost ? convolution_width<T> : 1, lanes = Innermost ? Capacity : 1, planes = Innermost ? Channels : Capacity * Channels;
    static_assert(lanes % N == 0, "strata: the capacity must be whole vectors; round it up");
    static constexpr int line = 64 / static_cast<int>(sizeof(T)), room = 65536 / static_cast<int>(sizeof(T)); // elements of scratch
    static constexpr int up(int n) { return (n + line - 1) / line * line; } // runs begin at multiples of 64 bytes

    static constexpr int lane_chunk = static_cast<long>(Width) * lanes <= room / 4 ? lanes : N;
    static constexpr int place_room = Innermost ? up(lane_chunk) : 1;
    static constexpr int columns = Width < room / 4 / place_room ? Width : room / 4 / place_room;
    static constexpr int row_room = up(columns * place_room);
    static constexpr int rows_fit = room / row_room, rows_wanted = static_cast<int>(16384 / (static_cast<long>(Width) * lanes)) + 1;
    static constexpr int rows = rows_wanted < Height ? (rows_wanted < rows_fit ? rows_wanted : rows_fit) : Height < rows_fit ? Height : rows_fit;
    static constexpr int row_items = (Height + rows - 1) / rows, items = planes * row_items;

    /// Rows [y, y_end) and columns [x, x_end) of one plane, lanes [lane, lane + vectors N); `out` is where (y, x) of them is computed.
    struct Part {
        int plane, y, y_end, x, x_end, lane, vectors, place, row;
        T* out;
        T* at(int py, int px) const { return out + ((py - y) * row + (px - x) * place); }
    };

    template <class Fill, class Epilogue> static void run(int item, int count, Fill fill, Epilogue& epilogue) noexcept {
        const int plane = item / row_items, y = item % row_items * rows, y_end = y + rows < Height ? y + rows : Height, used = Innermost ? count : 1;
        if (!Innermost && plane >= count * Channels) return;
        alignas(64) T scratch[rows * row_room];
        for (int x = 0; x < Width; x += columns)
            for (int lane = 0; lane < used; lane += lane_chunk) {
                const int x_end = x + columns < Width ? x + columns : Width;
                const int vectors = ((used - lane < lane_chunk ? used - lane : lane_chunk) + N - 1) / N;
                const bool whole = vectors * N == lanes; // then the places of a row are one run, and whole rows too
                const int place = whole ? lanes : up(vectors * N), row = whole && columns == Width ? Width * lanes : up((x_end - x) * place);
                fill(Part{plane, y, y_end, x, x_end, lane, vectors, place, row, scratch});
                for (int r = y; r < y_end; ++r) {
                    const T* from = scratch + (r - y) * row;
                    const long column = (static_cast<long>(r) * Width + x) * lanes + lane;
                    if (whole && columns == Width) {
                        epilogue(from, plane, column, (y_end - y) * row);
                        break;
                    }
                    if (whole)
                        epilogue(from, plane, column, (x_end - x) * lanes);
                    else
                        for (int i = 0; i < x_end - x; ++i) epilogue(from + i * place, plane, column + static_cast<long>(i) * lanes, vectors * N);
                }
            }
    }
};

/// Calls f(address, row, column in the window) for the elements of window y x x of a plane, in scan order; unrolled where a small window is whole.
template <class W, int Lanes_, class T, class F> STRATA_INLINE void scan_window(const T* plane, Span y, Span x, F f) noexcept {
    constexpr bool small = W::kernel_y * W::kernel_x <= 16;
    const T* from = plane + (static_cast<long>(y.first) * W::width + x.first) * Lanes_;
    if (small && y.last - y.first == W::kernel_y && x.last - x.first == W::kernel_x)
        [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
            (f(from + (I / W::kernel_x * W::width + I % W::kernel_x) * Lanes_, I / W::kernel_x, I % W::kernel_x), ...);
        }(std::make_integer_sequence<int, small ? W::kernel_y * W::kernel_x : 0>{});
    else
        for (int r = 0; r < y.last - y.first; ++r)
            for (int c = 0; c < x.last - x.first; ++c) f(from + (static_cast<long>(r) * W::width + c) * Lanes_, r, c);
}

/// y = the greatest element of each window; NaN if there is one, as in PyTorch. run_item(item, count, x, epilogue) for items in [0, items).
/// epilogue(run, row, column, length): elements [column, column + length) of a row of the result, the row being the channel (rowwise: sample * channels +
/// channel) and the column place * lanes + lane; `run` is 64-byte aligned; each element of a vector with a sample comes once.
template <class T, class W, int Capacity, bool Innermost = true> struct MaxForward {
    using Blocks = WindowBlocks<T, W::channels, W::out_height, W::out_width, Capacity, Innermost>;
    static constexpr int items = Blocks::items;
    template <class Epilogue> static void run_item(int item, int count, const T* x, Epilogue&& epilogue) noexcept {
        constexpr int N = Blocks::N;
        Blocks::run(item, count, [x](const typename Blocks::Part& part) {
            const T* plane = x + static_cast<long>(part.plane) * W::height * W::width * Blocks::lanes + part.lane;
            for (int oy = part.y; oy < part.y_end; ++oy)
                for (int ox = part.x; ox < part.x_end; ++ox) {
                    const Span ys = window_of(oy, W::kernel_y, W::stride_y, W::pad_y, W::height), xs = window_of(ox, W::kernel_x, W::stride_x, W::pad_x, W::width);
                    T* to = part.at(oy, ox);
                    for (int v = 0; v < part.vectors; ++v) {
                        auto most = load_lanes<N>(plane + (static_cast<long>(ys.first) * W::width + xs.first) * Blocks::lanes + v * N);
                        scan_window<W, Blocks::lanes>(plane + v * N, ys, xs, [&](const T* from, int, int) __attribute__((always_inline)) {
                            const auto e = load_lanes<N>(from);
                            most = ((e > most) | (e != e)) ? e : most;
                        });
                        store_lanes<N>(to + v * N, most);
                    }
                }
        }, epilogue);
    }
};

/// dx of MaxForward from x, y and dy: dy goes to the first element of the window that equals y. run_item(item, count, x, y, dy, epilogue); result: that of x.
/// Windows that overlap add in their scan order.
template <class T, class W, int Capacity, bool Innermost = true> struct MaxGradient {
    using Blocks = WindowBlocks<T, W::channels, W::height, W::width, Capacity, Innermost>;
    static constexpr int items = Blocks::items;
    template <class Epilogue> static void run_item(int item, int count, const T* x, const T* y, const T* dy, Epilogue&& epilogue) noexcept {
        constexpr int N = Blocks::N;
        constexpr long L = Blocks::lanes;
        using V = typename Lanes<T, N>::Type;
        constexpr bool covered = W::apart && W::stride_y == W::kernel_y && W::stride_x == W::kernel_x && W::height % W::kernel_y == 0 && W::width % W::kernel_x == 0;
        Blocks::run(item, count, [=](const typename Blocks::Part& part) {
            if constexpr (!covered)
                for (int i = 0; i < (part.y_end - part.y) * part.row; ++i) part.out[i] = T{0};
            const T* plane = x + part.plane * (W::height * W::width * L) + part.lane;
            const long outputs = part.plane * (W::out_height * W::out_width * L) + part.lane;
            const int oy_first = windows_holding(part.y, W::kernel_y, W::stride_y, W::pad_y, W::out_height).first;
            const int oy_last = windows_holding(part.y_end - 1, W::kernel_y, W::stride_y, W::pad_y, W::out_height).last;
            const int ox_first = windows_holding(part.x, W::kernel_x, W::stride_x, W::pad_x, W::out_width).first;
            const int ox_last = windows_holding(part.x_end - 1, W::kernel_x, W::stride_x, W::pad_x, W::out_width).last;
            for (int oy = oy_first; oy < oy_last; ++oy)
                for (int ox = ox_first; ox < ox_last; ++ox) {
                    const Span ys = window_of(oy, W::kernel_y, W::stride_y, W::pad_y, W::height), xs = window_of(ox, W::kernel_x, W::stride_x, W::pad_x, W::width);
                    const bool inside = ys.first >= part.y && ys.last <= part.y_end && xs.first >= part.x && xs.last <= part.x_end;
                    for (int v = 0; v < part.vectors; ++v) {
                        const long at = outputs + (oy * W::out_width + ox) * L + v * N;
                        const V most = load_lanes<N>(y + at), grad = load_lanes<N>(dy + at), zero{};
                        auto open = (most == most) | (most != most); // lanes that wait for their first match: all
                        scan_window<W, Blocks::lanes>(plane + v * N, ys, xs, [&](const T* from, int r, int c) __attribute__((always_inline)) {
                            const auto e = load_lanes<N>(from);
                            const auto hit = ((e == most) | (e != e)) & open;
                            open ^= hit;
                            if (!inside && (ys.first + r < part.y || ys.first + r >= part.y_end || xs.first + c < part.x || xs.first + c >= part.x_end)) return;
                            T* to = part.at(ys.first + r, xs.first + c) + v * N;
                            if constexpr (W::apart)
                                store_lanes<N>(to, hit ? grad : zero);
                            else
                                store_lanes<N>(to, load_lanes<N>(to) + (hit ? grad : zero));
                        });
                    }
                }
        }, epilogue);
    }
};

/// The factor of a window's mean: 1 / elements, those of the padding too if CountPad.
template <class T, class W, bool CountPad> constexpr T mean_factor(Span y, Span x) {
    return T{1} / static_cast<T>(CountPad ? W::kernel_y * W::kernel_x : (y.last - y.first) * (x.last - x.first));
}

/// y = the mean of each window; padding counts as zeros if CountPad (PyTorch's default), else not at all. As MaxForward.
template <class T, class W, int Capacity, bool Innermost = true, bool CountPad = true> struct AverageForward {
    using Blocks = WindowBlocks<T, W::channels, W::out_height, W::out_width, Capacity, Innermost>;
    static constexpr int items = Blocks::items;
    template <class Epilogue> static void run_item(int item, int count, const T* x, Epilogue&& epilogue) noexcept {
        constexpr int N = Blocks::N;
        Blocks::run(item, count, [x](const typename Blocks::Part& part) {
            const T* plane = x + static_cast<long>(part.plane) * W::height * W::width * Blocks::lanes + part.lane;
            for (int oy = part.y; oy < part.y_end; ++oy)
                for (int ox = part.x; ox < part.x_end; ++ox) {
                    const Span ys = window_of(oy, W::kernel_y, W::stride_y, W::pad_y, W::height), xs = window_of(ox, W::kernel_x, W::stride_x, W::pad_x, W::width);
                    for (int v = 0; v < part.vectors; ++v) {
                        typename Lanes<T, N>::Type sum{};
                        scan_window<W, Blocks::lanes>(plane + v * N, ys, xs, [&](const T* from, int, int) __attribute__((always_inline)) { sum += load_lanes<N>(from); });
                        store_lanes<N>(part.at(oy, ox) + v * N, mean_factor<T, W, CountPad>(ys, xs) * sum);
                    }
                }
        }, epilogue);
    }
};

/// dx of AverageForward from dy: each element gathers from the windows that hold it, in their scan order. As MaxGradient, without x and y.
template <class T, class W, int Capacity, bool Innermost = true, bool CountPad = true> struct AverageGradient {
    using Blocks = WindowBlocks<T, W::channels, W::height, W::width, Capacity, Innermost>;
    static constexpr int items = Blocks::items;
    template <class Epilogue> static void run_item(int item, int count, const T* dy, Epilogue&& epilogue) noexcept {
        constexpr int N = Blocks::N;
        Blocks::run(item, count, [dy](const typename Blocks::Part& part) {
            const T* plane = dy + static_cast<long>(part.plane) * W::out_height * W::out_width * Blocks::lanes + part.lane;
            for (int iy = part.y; iy < part.y_end; ++iy)
                for (int ix = part.x; ix < part.x_end; ++ix) {
                    const Span oys = windows_holding(iy, W::kernel_y, W::stride_y, W::pad_y, W::out_height);
                    const Span oxs = windows_holding(ix, W::kernel_x, W::stride_x, W::pad_x, W::out_width);
                    T* to = part.at(iy, ix);
                    for (int v = 0; v < part.vectors; ++v) {
                        typename Lanes<T, N>::Type sum{};
                        for (int oy = oys.first; oy < oys.last; ++oy)
                            for (int ox = oxs.first; ox < oxs.last; ++ox) {
                                const T factor = mean_factor<T, W, CountPad>(window_of(oy, W::kernel_y, W::stride_y, W::pad_y, W::height),
                                                                             window_of(ox, W::kernel_x, W::stride_x, W::pad_x, W::width));
                                sum += factor * load_lanes<N>(plane + (oy * W::out_width + ox) * Blocks::lanes + v * N);
                            }
                        store_lanes<N>(to + v * N, sum);
                    }
                }
        }, epilogue);
    }
};

} // namespace strata::host
