// SPDX-License-Identifier: BSL-1.0
/// Matrix product on the host: C = A B, cut into items by a compile-time plan, each finished block handed to an epilogue in the first
/// cache. Any number of threads gives the same bits.
#pragma once

#include <strata/kernel/host/gemm_plan.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// Element (i, j) is data[i row + j col]; strides are not negative.
template <class T>
struct GemmOperand {
    const T* data;
    long row, col;
};

/// Run-time sizes, each at most the plan's.
struct GemmShape {
    int m, n, k;
};

/// An epilogue that only stores: C[m][n] = c[m ld + n]. Those that need not be asked row by row get it as the place to compute at.
template <class T>
struct GemmStore {
    T* c;
    long ld;
    [[gnu::noinline]] void operator()(const T* tile, long tile_ld, int m0, int rows, int n0, int columns) const noexcept {
        STRATA_PLAIN_LOOP
        for (int i = 0; i < rows; ++i) copy_lanes<convolution_width<T>>(c + (m0 + i) * ld + n0, tile + i * tile_ld, columns);
    }
};

namespace detail {

/// One block of the product as the micro-kernels see it: `rows` of x, broadcast, times up to one panel of y, in lanes.
template <class T>
struct GemmBlock {
    const T *x, *y;
    long x_row, x_k, y_k, y_col;
    int rows, columns, k;
    int straight;   // rows of y that may be read in whole panels in place
    long c_row;     // of the result
    bool together;  // a last tile that computes rows again writes them where they lie; else gemm_split says where
};

/// panel[k width + j] = y[k y_k + j y_col], zeros from `columns` on.
template <class T, int N>
[[gnu::noinline]] void gemm_pack(const T* y, long y_k, long y_col, int columns, int k, T* panel, int width) noexcept {
    if (y_k == 1) {
        transpose<T, N>(y, y_col, panel, width, columns, k);
        STRATA_PLAIN_LOOP
        for (int i = 0; i < k; ++i)
            STRATA_PLAIN_LOOP
            for (int j = columns; j < width; ++j) panel[i * width + j] = T{};
        return;
    }
    if (y_col == 1) {
        STRATA_PLAIN_LOOP
        for (int i = 0; i < k; ++i) {
            copy_lanes<N>(panel + i * width, y + i * y_k, columns);
            STRATA_PLAIN_LOOP
            for (int j = columns; j < width; ++j) panel[i * width + j] = T{};
        }
        return;
    }
    STRATA_PLAIN_LOOP
    for (int i = 0; i < k; ++i)
        STRATA_PLAIN_LOOP
        for (int j = 0; j < width; ++j) panel[i * width + j] = j < columns ? y[i * y_k + j * y_col] : T{};
}

/// Tiles of a block's rows [from, end). Those that fetch share the rows of the next panel: 2^pace of them ask for all, and the others once more.
template <class T, int N, int Rows, int Vectors, bool Half, TileAside Aside>
STRATA_INLINE void gemm_tiles(const GemmBlock<T>& g, const T* x, GemmPanel<T> panel, T* c, bool accumulate, int from, int end) noexcept {
    [[maybe_unused]] const T* const next = panel.next;
    for (int r = from, tile = 0; r < end; r += Rows, ++tile) {
        const int row = gemm_least(r, g.rows - Rows);
        if constexpr (Aside == TileAside::fetches) panel.next = next + ((tile & ((1 << panel.pace) - 1)) + 1) * (panel.k >> panel.pace) * panel.next_k;
        gemm_tile<T, N, Rows, Vectors, Half, Aside>(x + row * g.x_row, g.x_row, g.x_k, panel, c + (g.together ? row : r) * g.c_row, g.c_row, accumulate);
    }
}

/// The whole sum over k of one block; c: [rows][c_row], or [rows + Rows][c_row] as gemm_split says.
template <class T, int N, int Rows, int Vectors, bool Half, GemmAside Aside>
[[gnu::noinline]] void gemm_block(const GemmBlock<T>& g, T* c) noexcept {
    constexpr int width = tile_width(N, Vectors, Half);
    constexpr TileAside others = Aside.fetches ? TileAside::fetches : TileAside::nothing;
    alignas(64) T copy[gemm_k_block * width];
    const GemmSplit split = gemm_split(g.rows, Rows, Vectors > 1);
    const int pieces = gemm_blocks(g.k, gemm_k_block), most = pieces == 0 ? 0 : gemm_blocks(g.k, pieces);
    const bool copies = Aside.copies && split.tall > 1;
    int pace = 0;
    if constexpr (Aside.fetches)
        while ((2 << pace) <= split.tall - copies) ++pace;
    int at = 0;
    do {
        const int k = gemm_least(g.k - at, most), in_place = g.straight <= at ? 0 : gemm_least(k, g.straight - at);
        const T *x = g.x + at * g.x_k, *y = g.y + at * g.y_k;
        if (in_place < k) gemm_pack<T, N>(y + in_place * g.y_k, g.y_k, g.y_col, g.columns, k - in_place, copy + in_place * width, width);
        GemmPanel<T> panel{y, g.y_k, in_place, copy + in_place * width, k - in_place};
        // Next is the following piece of these columns, at last the first of those to the right; of a single tile, which has no time for new pages, what
        // lies to the right of its own rows.
        if constexpr (Aside.fetches)
            panel.next = pace > 0 && at + k < g.k ? y + k * g.y_k : (pace > 0 ? g.y : y) + tile_columns(N, Vectors, Half), panel.next_k = g.y_k, panel.pace = pace;
        int from = 0;
        if constexpr (Aside.copies)
            if (copies && in_place > 0) {
                gemm_tiles<T, N, Rows, Vectors, Half, TileAside::copies>(g, x, panel, c, at > 0, 0, Rows);
                panel.y = panel.rest = copy, panel.y_k = width, panel.k = k, panel.k_rest = 0, from = Rows;
            }
        gemm_tiles<T, N, Rows, Vectors, Half, others>(g, x, panel, c, at > 0, from, split.tall * Rows);
        if constexpr (Rows > 4)
            gemm_tiles<T, N, 4, Vectors, Half, others>(g, x, panel, c, at > 0, split.tall * Rows, split.tall * Rows + split.fours * 4);
        if constexpr (Rows > 1)
            if (split.tall + split.fours == 0) gemm_tiles<T, N, 1, Vectors, Half, others>(g, x, panel, c, at > 0, 0, g.rows);
        at += k;
    } while (at < g.k);
}

/// How many rows of y, read in whole panels from column `first`, end inside the operand.
constexpr int gemm_straight(int k, int n, long y_k, int first, int width) {
    const int over = first + width - n;
    if (over <= 0) return k;
    if (y_k <= 0) return 0;
    const long rows = (over + y_k - 1) / y_k;
    return rows >= k ? 0 : k - static_cast<int>(rows);
}

/// How a block of one panel is computed: the kernel, the columns it reads and the distance of its rows in scratch.
template <class T>
struct GemmPanelKernel {
    void (*run)(const GemmBlock<T>&, T*) noexcept;
    int reach, width;
    bool fours;  // see gemm_split
};
template <class T, int N, int Rows, int Vectors, bool Half, GemmAside Aside>
inline constexpr GemmPanelKernel<T> gemm_panel_kernel{gemm_block<T, N, Rows, Vectors, Half, Aside>, tile_columns(N, Vectors, Half),
                                                      tile_width(N, Vectors, Half), (Vectors > 1)};

/// Where an item stands, and the block it has just finished. Not a template of the plan or the epilogue: a network compiles it once.
template <class T>
struct GemmWalk {
    GemmPanelKernel<T> others, tail;  // kernels of a whole panel and of the last one
    const T *x, *y;                   // of the item; g is the block's
    GemmBlock<T> g;
    T *c, *turned;                                     // scratch; `turned` where the product is computed transposed, else null
    int block, tile_rows, pitch;                       // rows of a block and of a tile, width of a panel
    int first, at, end, row, first_row, row_end, lanes_size;  // panel (lanes) and block (broadcast side)
    bool packed;
    int shown, skip;  // rows of the block handed out, and how far apart its last tile lies
    const T* tile;
    long ld;
    int m0, rows, n0, columns;
};

/// Computes or turns to the next block; false at the end of the item.
template <class T, int N>
[[gnu::noinline]] bool gemm_next(GemmWalk<T>& w) noexcept {
    const GemmPanelKernel<T>* kernel = w.end - w.at > w.tail.reach ? &w.others : &w.tail;
    if (w.shown < w.g.rows) {  // rows of the last tile, which lie apart
        w.tile = w.c + (w.shown + w.skip) * kernel->width;
        w.m0 += w.rows, w.rows = w.g.rows - w.shown, w.shown = w.g.rows;
        return true;
    }
    w.row += w.g.rows;
    if (w.row >= w.row_end) w.at += w.pitch, w.row = w.first_row, kernel = w.end - w.at > w.tail.reach ? &w.others : &w.tail;
    if (w.at >= w.end) return false;
    w.g.rows = gemm_least(w.block, w.row_end - w.row), w.g.columns = gemm_least(w.pitch, w.end - w.at);
    w.g.straight = w.packed ? 0 : gemm_straight(w.g.k, w.lanes_size, w.g.y_k, w.at, kernel->reach);
    w.g.x = w.x + w.row * w.g.x_row, w.g.y = w.y + w.at * w.g.y_col, w.g.c_row = kernel->width;
    kernel->run(w.g, w.c);
    const GemmSplit split = gemm_split(w.g.rows, w.tile_rows, kernel->fours);
    w.skip = split.skip;
    if (!w.turned) {
        w.tile = w.c, w.ld = kernel->width, w.m0 = w.row, w.rows = w.shown = split.whole, w.n0 = w.at, w.columns = w.g.columns;
        return true;
    }
    transpose<T, N>(w.c, kernel->width, w.turned, w.ld, split.whole, w.g.columns);
    if (split.whole < w.g.rows)
        transpose<T, N>(w.c + (split.whole + split.skip) * kernel->width, kernel->width, w.turned + split.whole, w.ld,
                        w.g.rows - split.whole, w.g.columns);
    w.tile = w.turned, w.m0 = w.at, w.rows = w.g.columns, w.n0 = w.row, w.columns = w.shown = w.g.rows;
    return true;
}

/// An item whose blocks go straight to where they belong: no scratch memory and no epilogue between. A panel that would end outside
/// begins further left, and a tile further up: what is computed twice has the same bits. For sums of one piece, that need not be added to.
template <class T, int N>
[[gnu::noinline]] void gemm_store(GemmWalk<T>& w, GemmStore<T> to) noexcept {
    w.g.together = true;
    for (; w.end > w.at; w.at += w.pitch) {
        const GemmPanelKernel<T>& kernel = w.end - w.at > w.tail.reach ? w.others : w.tail;
        const bool fits = w.end - w.first >= kernel.reach, in_place = fits && !w.turned;
        const int at = !fits ? w.first : w.end - w.at < kernel.reach ? w.end - kernel.reach : w.at;
        w.g.columns = gemm_least(kernel.reach, w.end - at), w.g.y = w.y + at * w.g.y_col;
        w.g.straight = w.packed ? 0 : gemm_straight(w.g.k, w.lanes_size, w.g.y_k, at, kernel.reach);
        w.g.c_row = in_place ? to.ld : kernel.width;
        for (w.row = w.first_row; w.row < w.row_end; w.row += w.block) {
            w.g.rows = gemm_least(w.block, w.row_end - w.row), w.g.x = w.x + w.row * w.g.x_row;
            kernel.run(w.g, in_place ? to.c + w.row * to.ld + at : w.c);
            if (w.turned)
                transpose<T, N>(w.c, w.g.c_row, to.c + at * to.ld + w.row, to.ld, w.g.rows, w.g.columns);
            else if (!fits)
                to(w.c, w.g.c_row, w.row, w.g.rows, at, w.g.columns);
        }
    }
}

/// One row of C: Vectors vectors of its columns from `at` on.
template <class T, int N, int Vectors>
[[gnu::noinline]] void gemm_row_panel(int at, int columns, GemmShape s, GemmOperand<T> a, GemmOperand<T> b, T* c) noexcept {
    constexpr int width = N * Vectors, parts = Vectors >= 8 ? 1 : 8 / Vectors;
    const int straight = gemm_straight(s.k, s.n, b.row, at, width);
    gemm_row<T, N, Vectors, parts>(a.data, a.col, b.data + at, b.row, c, straight, false);
    for (int k = straight; k < s.k;) {
        alignas(64) T panel[N * width];
        const int piece = gemm_least(N, s.k - k);
        gemm_pack<T, N>(b.data + k * b.row + at, b.row, 1, columns, piece, panel, width);
        gemm_row<T, N, Vectors, parts>(a.data + k * a.col, a.col, panel, width, c, piece, true);
        k += piece;
    }
}

/// The widest panel of a row that fits into `left` vectors, of those that a row of All vectors needs.
template <class T>
struct GemmRowKernel {
    void (*run)(int, int, GemmShape, GemmOperand<T>, GemmOperand<T>, T*) noexcept;
    int vectors;
};
template <class T, int N, int All, int Vectors = 16>
STRATA_INLINE GemmRowKernel<T> gemm_row_choice(int left) noexcept {
    if constexpr (Vectors > 1) {
        if constexpr (Vectors == 16 ? All >= 16 : (All & Vectors) != 0)
            if (left >= Vectors) return {gemm_row_panel<T, N, Vectors>, Vectors};
        return gemm_row_choice<T, N, All, Vectors / 2>(left);
    } else
        return {gemm_row_panel<T, N, 1>, 1};
}

/// One row of many columns, as streams of whole rows of B.
template <class T, GemmPlan P, class Epilogue>
STRATA_INLINE void gemm_run_streams(int at, int end, GemmShape s, GemmOperand<T> a, GemmOperand<T> b, Epilogue& epilogue) noexcept {
    constexpr int N = P.lanes, most = gemm_least(128, gemm_blocks(P.item_n, N)) * N;
    alignas(64) T c[most], last[most];
    for (; at < end; at += most) {
        const int columns = gemm_least(most, end - at), vectors = gemm_blocks(columns, N), straight = gemm_straight(s.k, s.n, b.row, at, vectors * N);
        gemm_row_streamed<T, N>(a.data, a.col, b.data + at, b.row, c, vectors, straight, false);
        for (int k = straight; k < s.k; ++k) {
            gemm_pack<T, N>(b.data + k * b.row + at, b.row, 1, columns, 1, last, vectors * N);
            gemm_row_streamed<T, N>(a.data + k * a.col, 0, last, 0, c, vectors, 1, true);
        }
        epilogue(static_cast<const T*>(c), static_cast<long>(most), 0, 1, at, columns);
    }
}

template <class T, GemmPlan P, class Epilogue>
STRATA_INLINE void gemm_run_row(int at, int end, GemmShape s, GemmOperand<T> a, GemmOperand<T> b, Epilogue& epilogue) noexcept {
    constexpr int N = P.lanes;
    alignas(64) T c[16 * N];
    while (at < end) {
        const auto kernel = gemm_row_choice<T, N, gemm_blocks(P.item_n, N) | gemm_blocks(P.n % P.item_n, N)>(gemm_blocks(end - at, N));
        const int columns = gemm_least(kernel.vectors * N, end - at);
        kernel.run(at, columns, s, a, b, c);
        epilogue(static_cast<const T*>(c), static_cast<long>(kernel.vectors) * N, 0, 1, at, columns);
        at += columns;
    }
}

/// One row or one column by dot products over a contiguous k.
template <class T, GemmPlan P, class Epilogue>
STRATA_INLINE void gemm_run_dots(int first, int last, int k, const T* x, long x_k, const T* y, long y_row, Epilogue& epilogue) noexcept {
    constexpr int N = P.lanes, block = 16 * N, group = gemm_least(4, N);
    constexpr bool row = P.m == 1;
    alignas(64) T copy[P.copy_vector ? P.k + 1 : 1];
    if constexpr (P.copy_vector) {
        for (int i = 0; i < k; ++i) copy[i] = x[i * x_k];
        x = copy;
    }
    T x_last[N] = {};
    for (int i = 0; i < k % N; ++i) x_last[i] = x[k - k % N + i];
    for (; first < last; first += block) {
        alignas(64) T c[row ? block : block * N];
        constexpr long step = row ? 1 : N;
        const int outputs = gemm_least(block, last - first);
        const T* from = y + first * y_row;
        const T* const end = y + (last - 1) * y_row + k;  // reads beyond would leave the operand
        const int beyond = (N - k % N) % N;
        if (outputs >= group)
            for (int i = 0; i < outputs; i += group) {
                const int at = gemm_least(i, outputs - group);
                const T* rows = from + at * y_row;
                gemm_dots<T, N, group>(x, x_last, rows, y_row, c + at * step, step, k, end - (rows + (group - 1) * y_row + k) >= beyond);
            }
        else
            for (int i = 0; i < outputs; ++i) {  // one row several times, so that its bits are those of a group
                T same[group];
                gemm_dots<T, N, group>(x, x_last, from + i * y_row, 0, same, 1, k, end - (from + i * y_row + k) >= beyond);
                c[i * step] = same[0];
            }
        if constexpr (row)
            epilogue(static_cast<const T*>(c), static_cast<long>(block), 0, 1, first, outputs);
        else
            epilogue(static_cast<const T*>(c), step, first, outputs, 0, 1);
    }
}

/// Few columns, by quads: each item copies B for itself.
template <class T, GemmPlan P, class Epilogue>
STRATA_INLINE void gemm_run_quads(int m0, int m1, GemmShape s, GemmOperand<T> a, GemmOperand<T> b, Epilogue& epilogue) noexcept {
    constexpr int N = P.lanes, halves = gemm_quad_halves(P.n, P.k, N, sizeof(T));
    constexpr bool half = halves % 2 == 1;
    constexpr int width = halves * N / 2, apart = quad_width(N, halves / 2, half);
    alignas(64) T panel[(P.k + 3) / 4 * width], c[P.block * apart];
    quad_pack(b.data, b.row, b.col, s.k, s.n, panel, width);
    for (int at = m0; at < m1; at += P.block) {
        const int rows = gemm_least(P.block, m1 - at);
        quad_product<N, halves / 2, half>(a.data + at * a.row, a.row, panel, rows, s.k, c);
        epilogue(static_cast<const T*>(c), static_cast<long>(apart), at, rows, 0, s.n);
    }
}

}  // namespace detail

/// Computes item `item` of [0, gemm_items(P)). epilogue(tile, ld, m0, rows, n0, columns) gets each finished block of C: row-major, unit
/// stride along n, aligned to a vector, ld whole vectors of which all may be read. For one n0 the blocks come with ascending m0; each
/// element comes once. Needs: strides as given to gemm_plan. Sums over k == 0 are zeros; a count of 0 calls nothing.   Scratch: at most 136
/// KiB of stack.
template <class T, GemmPlan P, class Epilogue>
void gemm_item(int item, GemmShape s, GemmOperand<T> a, GemmOperand<T> b, Epilogue&& epilogue) noexcept {
    constexpr int N = P.lanes, n_items = detail::gemm_blocks(P.n, P.item_n);  // neighbours share rows of A
    const int n0 = item % n_items * P.item_n, n1 = detail::gemm_least(n0 + P.item_n, s.n);
    const int m0 = item / n_items * P.item_m, m1 = detail::gemm_least(m0 + P.item_m, s.m);
    if (n0 >= n1 || m0 >= m1) return;
    if constexpr (P.side == GemmSide::k) {
        if constexpr (P.m == 1)
            detail::gemm_run_dots<T, P>(n0, n1, s.k, a.data, a.col, b.data, b.col, epilogue);
        else
            detail::gemm_run_dots<T, P>(m0, m1, s.k, b.data, b.row, a.data, a.row, epilogue);
    } else if constexpr (P.side == GemmSide::quads) {
        detail::gemm_run_quads<T, P>(m0, m1, s, a, b, epilogue);
    } else if constexpr (P.m == 1 && !P.pack_lanes) {
        if constexpr (P.item_n >= 16 * N)
            detail::gemm_run_streams<T, P>(n0, n1, s, a, b, epilogue);
        else
            detail::gemm_run_row<T, P>(n0, n1, s, a, b, epilogue);
    } else {
        constexpr bool turned = P.side == GemmSide::m;
        constexpr int width = N * P.vectors, ld = (P.block + N - 1) / N * N;
        constexpr int halves =
            detail::gemm_halves((turned ? P.m : P.n) % width, N, sizeof(T));  // of the last panel, 0: it is like the others
        constexpr int vectors = halves == 0 ? P.vectors : halves / 2;
        constexpr bool half = halves % 2 == 1;
        alignas(64) T c[(P.block + P.rows) * width];
        constexpr bool stored = std::is_same_v<std::decay_t<Epilogue>, GemmStore<T>> && P.k <= detail::gemm_k_block;
        if constexpr (!turned && P.n <= (stored ? tile_columns(N, vectors, half) - 1 : width) && P.m <= P.block) {  // one block: a walk would take longer than the product
            constexpr int row = tile_width(N, vectors, half);
            const int straight = P.pack_lanes ? 0 : detail::gemm_straight(s.k, s.n, b.row, 0, tile_columns(N, vectors, half));
            detail::gemm_block<T, N, P.rows, vectors, half, P.aside>({a.data, b.data, a.row, a.col, b.row, b.col, s.m, s.n, s.k, straight, row, false}, c);
            const detail::GemmSplit split = detail::gemm_split(s.m, P.rows, vectors > 1);
            for (int from = 0, rows = split.whole; from < s.m; from += rows, rows = s.m - from)
                epilogue(static_cast<const T*>(c + (from + (from > 0 ? split.skip : 0)) * row), static_cast<long>(row), from, rows, 0, s.n);
            return;
        }
        alignas(64) T round[turned ? width * ld : 1];
        detail::GemmWalk<T> w;
        w.others = detail::gemm_panel_kernel<T, N, P.rows, P.vectors, false, P.aside>;
        w.tail = detail::gemm_panel_kernel<T, N, P.rows, vectors, half, P.aside>;
        w.c = c, w.turned = turned ? round : nullptr, w.ld = ld;
        w.block = P.block, w.tile_rows = P.rows, w.pitch = width, w.packed = P.pack_lanes, w.shown = 0;
        if constexpr (turned) {
            w.x = b.data, w.y = a.data, w.g = {b.data, a.data, b.col, b.row, a.col, a.row, 0, 0, s.k, 0, 0, false};
            w.first = w.at = m0, w.end = m1, w.row = w.first_row = n0, w.row_end = n1, w.lanes_size = s.m;
        } else {
            w.x = a.data, w.y = b.data, w.g = {a.data, b.data, a.row, a.col, b.row, b.col, 0, 0, s.k, 0, 0, false};
            w.first = w.at = n0, w.end = n1, w.row = w.first_row = m0, w.row_end = m1, w.lanes_size = s.n;
        }
        if constexpr (stored)
            detail::gemm_store<T, N>(w, epilogue);
        else
            while (detail::gemm_next<T, N>(w)) epilogue(w.tile, w.ld, w.m0, w.rows, w.n0, w.columns);
    }
}

}  // namespace strata::host
