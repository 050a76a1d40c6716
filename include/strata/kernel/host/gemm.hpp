// SPDX-License-Identifier: BSL-1.0
/// Matrix product on the host: C = A B, cut into items by a compile-time plan, each finished block handed to an epilogue in the first cache.
/// Sums run over k upwards in one accumulator whatever the tile, the item and the count of rows: the same bits for any number of threads.
#pragma once

#include <strata/kernel/host/microkernel.hpp>

namespace strata::host {

/// Element (i, j) is data[i row + j col]; strides are not negative.
template <class T> struct GemmOperand {
    const T* data;
    long row, col;
};

/// Run-time sizes, each at most the plan's.
struct GemmShape {
    int m, n, k;
};

/// The axis that lies in vector lanes: n (rows of A are broadcast), m (the product is computed transposed and turned round in the first cache),
/// k (dot products, for one row or one column).
enum class GemmSide { n, m, k };

/// All that is decided before the program runs. Made by gemm_plan.
struct GemmPlan {
    int m, n, k;               // capacities
    GemmSide side;             // axis in lanes
    bool pack_lanes;           // the operand in lanes is copied into panels: it has no unit stride along them
    bool pack_rows;            // rows of the broadcast operand are copied: their stride would hit one set of the cache
    int lanes, rows, vectors;  // register tile: rows x (vectors * lanes)
    int block;                 // rows of the broadcast side that one block of scratch holds
    int item_m, item_n;        // what one item owns
    constexpr bool operator==(const GemmPlan&) const = default;
};

namespace detail {

constexpr int gemm_blocks(int size, int block) { return (size + block - 1) / block; }
constexpr int gemm_least(int a, int b) { return a < b ? a : b; }

/// Longest piece of k that is summed before the next rows come: a panel of it stays in the first or second cache.
inline constexpr int gemm_k_block = 256;
/// Rows of a block when k takes several pieces or panels are copied, and columns when the product is turned round.
inline constexpr int gemm_block_rows = 256, gemm_turned_rows = 128;
/// Multiply-adds that are worth a thread.
inline constexpr long gemm_item_work = 1 << 18;

/// The register tile for a broadcast side of `rows` and `vectors` vectors: least padding first, then the larger tile.
constexpr void gemm_choose_tile(GemmPlan& plan, int rows, int vectors) {
    const bool many = convolution_registers >= 32;
    long best = -1;
    for (int v = 1; v <= 3; ++v)
        for (int r = many ? 8 : v == 3 ? 4 : 6; r >= 1; --r) {
            if (v > vectors || r > rows || (r < 4 && r < rows)) continue;
            const long tiles = static_cast<long>(gemm_blocks(rows, r)) * gemm_blocks(vectors, v);
            // A tile costs its multiply-adds, or four cycles for each step of k if there are too few to hide their latency, and its loads.
            const long fma = r * v < 8 ? 8 : r * v, cost = tiles * (8 * fma + r + v + 4);
            if (best < 0 || cost < best) best = cost, plan.rows = r, plan.vectors = v;
        }
}

} // namespace detail

/// Decides for C [M][N] = A [M][K] B [K][N] with these strides, in elements of `element_bytes`, and vectors of `lanes` elements.
/// whole_rows_in_one_item: an item owns every m of its n (the epilogue sums over m).
constexpr GemmPlan gemm_plan(int M, int N, int K, long a_row, long a_col, long b_row, long b_col, int lanes, bool whole_rows_in_one_item,
                             int element_bytes = 4) {
    using detail::gemm_blocks, detail::gemm_least;
    GemmPlan plan{M, N, K, GemmSide::n, b_col != 1, false, lanes, 1, 1, M, M, N};
    const bool dots_fit = static_cast<long>(K) * element_bytes <= 65536;
    if ((M == 1 && b_col != 1 && b_row == 1 && (a_col == 1 || dots_fit)) || (N == 1 && M > 1 && a_col == 1 && a_row != 1 && (b_row == 1 || dots_fit))) {
        plan.side = GemmSide::k, plan.pack_lanes = false, plan.pack_rows = M == 1 ? a_col != 1 : b_row != 1;
        const int outputs = M == 1 ? N : M, want = static_cast<int>(static_cast<long>(outputs) * K / detail::gemm_item_work) + 1;
        const int piece = (gemm_blocks(outputs, want) + 7) / 8 * 8;
        if (M == 1)
            plan.item_n = gemm_least(piece, N);
        else if (!whole_rows_in_one_item)
            plan.item_m = gemm_least(piece, M);
        return plan;
    }
    // Costs in vector operations; turning or packing a vector takes about five.
    const long m = M, n = N, k = K, turn = 5;
    const long by_n = m * gemm_blocks(N, lanes) * k + (b_col != 1 ? turn * n * k / lanes : 0);
    const long by_m = n * gemm_blocks(M, lanes) * k + (a_row != 1 ? turn * m * k / lanes * gemm_blocks(N, detail::gemm_turned_rows) : 0) + turn * m * n / lanes;
    if (by_m < by_n && M > 1) plan.side = GemmSide::m, plan.pack_lanes = a_row != 1;
    const bool turned = plan.side == GemmSide::m;
    const int rows = turned ? N : M, vectors = gemm_blocks(turned ? M : N, lanes);
    detail::gemm_choose_tile(plan, rows, vectors);
    const long row = turned ? b_col : a_row, step = turned ? b_row : a_col;
    plan.pack_rows = step == 1 && row * element_bytes % 2048 == 0 && row > 0 && plan.rows > 4 && K >= 64;
    const int panel = (M == 1 && !plan.pack_lanes ? 16 : plan.vectors) * lanes, want = static_cast<int>(gemm_least(64, static_cast<int>(m * n / 64 * k / (detail::gemm_item_work / 64)) + 1));
    if (turned) {
        plan.item_n = gemm_least(gemm_least(detail::gemm_turned_rows, N), (gemm_blocks(N, want) + lanes - 1) / lanes * lanes);
        plan.block = plan.item_n;
    } else {
        plan.item_n = gemm_least(N, gemm_blocks(gemm_blocks(N, panel), gemm_least(want, gemm_blocks(N, panel))) * panel);
        // Rows of A that stay in the second cache while all columns pass.
        const long fit = 524288 / (k * element_bytes + 1) + 1;
        const int wanted_m = gemm_blocks(M, gemm_blocks(want, gemm_blocks(N, plan.item_n)));
        if (!whole_rows_in_one_item) {
            const int piece = gemm_least(wanted_m, fit < M ? static_cast<int>(fit) : M);
            plan.item_m = gemm_least(M, gemm_blocks(piece, plan.rows) * plan.rows);
        }
        const int block = K > detail::gemm_k_block || plan.pack_lanes ? detail::gemm_block_rows : plan.rows;
        plan.block = gemm_least(M, block / plan.rows * plan.rows);
    }
    return plan;
}

/// Independent items of a plan; from capacities only.
constexpr int gemm_items(const GemmPlan& plan) { return detail::gemm_blocks(plan.m, plan.item_m) * detail::gemm_blocks(plan.n, plan.item_n); }

namespace detail {

/// One block of the product as the micro-kernels see it: `rows` of x, broadcast, times up to one panel of y, in lanes.
template <class T> struct GemmBlock {
    const T *x, *y;
    long x_row, x_k, y_k, y_col;
    int rows, columns, k;
    int straight; // rows of y that may be read in whole panels in place
    bool pack_rows;
};

/// Where the rows of a block lie in scratch: rows from `whole` on lie `skip` rows further, because the last tile recomputes the rows before it.
struct GemmSplit {
    int step, whole, skip;
};
constexpr GemmSplit gemm_split(int rows, int tile) {
    const int step = rows >= tile ? tile : rows >= 4 ? 4 : 1;
    return {step, rows / step * step, rows % step == 0 ? 0 : step - rows % step};
}

/// panel[k width + j] = y[k y_k + j y_col], zeros from `columns` on.
template <class T, int N> [[gnu::noinline]] void gemm_pack(const T* y, long y_k, long y_col, int columns, int k, T* panel, int width) noexcept {
    if (y_k == 1 && columns >= N) {
        transpose<T, N>(y, y_col, panel, width, columns, k);
        for (int i = 0; i < k; ++i)
            for (int j = columns; j < width; ++j) panel[i * width + j] = T{};
        return;
    }
    for (int i = 0; i < k; ++i)
        for (int j = 0; j < width; ++j) panel[i * width + j] = j < columns ? y[i * y_k + j * y_col] : T{};
}

template <class T, int N, int Rows, int Vectors>
STRATA_INLINE void gemm_rows(const GemmBlock<T>& g, const T* x, const T* y, long y_k, T* c, int k, bool accumulate) noexcept {
    constexpr int width = N * Vectors, line = 64 / static_cast<int>(sizeof(T)), room = gemm_k_block + line;
    if (!g.pack_rows) {
        for (int r = 0; r < g.rows; r += Rows)
            gemm_tile<T, N, Rows, Vectors>(x + gemm_least(r, g.rows - Rows) * g.x_row, g.x_row, g.x_k, y, y_k, c + r * width, width, k, accumulate);
        return;
    }
    alignas(64) T copy[Rows * room];
    for (int r = 0; r < g.rows; r += Rows) {
        const T* from = x + gemm_least(r, g.rows - Rows) * g.x_row;
        for (int i = 0; i < Rows; ++i) __builtin_memcpy(copy + i * room, from + i * g.x_row, static_cast<unsigned long>(k) * sizeof(T));
        gemm_tile<T, N, Rows, Vectors>(copy, room, 1, y, y_k, c + r * width, width, k, accumulate);
    }
}

/// The whole sum over k of one block; c: [rows + Rows][Vectors N], laid out as gemm_split says.
template <class T, int N, int Rows, int Vectors> [[gnu::noinline]] void gemm_block(const GemmBlock<T>& g, T* c) noexcept {
    constexpr int width = N * Vectors;
    alignas(64) T panel[gemm_k_block * width];
    int at = 0;
    do {
        int k = gemm_least(g.k - at, gemm_k_block);
        const bool in_place = at < g.straight;
        if (in_place) k = gemm_least(k, g.straight - at);
        const T *x = g.x + at * g.x_k, *y = g.y + at * g.y_k;
        if (!in_place) gemm_pack<T, N>(y, g.y_k, g.y_col, g.columns, k, panel, width), y = panel;
        const long y_k = in_place ? g.y_k : width;
        const bool accumulate = at > 0;
        if (g.rows >= Rows)
            gemm_rows<T, N, Rows, Vectors>(g, x, y, y_k, c, k, accumulate);
        else if (Rows > 4 && g.rows >= 4)
            gemm_rows<T, N, 4, Vectors>(g, x, y, y_k, c, k, accumulate);
        else
            gemm_rows<T, N, 1, Vectors>(g, x, y, y_k, c, k, accumulate);
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

template <class T, GemmPlan P, int Vectors, class Epilogue>
STRATA_INLINE void gemm_run(int n0, int n1, int m0, int m1, GemmShape s, GemmOperand<T> a, GemmOperand<T> b, Epilogue& epilogue, int panel_at) noexcept {
    constexpr int N = P.lanes, width = N * Vectors;
    if constexpr (P.side == GemmSide::n) {
        alignas(64) T c[(P.block + P.rows) * width];
        const int columns = gemm_least(width, n1 - panel_at);
        for (int i = m0; i < m1; i += P.block) {
            const int rows = gemm_least(P.block, m1 - i);
            const int straight = P.pack_lanes ? 0 : gemm_straight(s.k, s.n, b.row, panel_at, width);
            gemm_block<T, N, P.rows, Vectors>({a.data + i * a.row, b.data + panel_at * b.col, a.row, a.col, b.row, b.col, rows, columns, s.k, straight, P.pack_rows}, c);
            const GemmSplit split = gemm_split(rows, P.rows);
            epilogue(static_cast<const T*>(c), static_cast<long>(width), i, split.whole, panel_at, columns);
            if (split.whole < rows)
                epilogue(static_cast<const T*>(c + (split.whole + split.skip) * width), static_cast<long>(width), i + split.whole, rows - split.whole, panel_at, columns);
        }
    } else {
        constexpr int ld = (P.block + N - 1) / N * N;
        alignas(64) T c[(P.block + P.rows) * width];
        alignas(64) T turned[width * ld];
        const int rows = n1 - n0, columns = gemm_least(width, m1 - panel_at);
        const int straight = P.pack_lanes ? 0 : gemm_straight(s.k, s.m, a.col, panel_at, width);
        gemm_block<T, N, P.rows, Vectors>({b.data + n0 * b.col, a.data + panel_at * a.row, b.col, b.row, a.col, a.row, rows, columns, s.k, straight, P.pack_rows}, c);
        const GemmSplit split = gemm_split(rows, P.rows);
        transpose<T, N>(c, width, turned, ld, split.whole, width);
        if (split.whole < rows) transpose<T, N>(c + (split.whole + split.skip) * width, width, turned + split.whole, ld, rows - split.whole, width);
        epilogue(static_cast<const T*>(turned), static_cast<long>(ld), panel_at, columns, n0, rows);
    }
}

/// One row: panels of Vectors vectors of its columns from n0 on; returns where it stopped.
template <class T, int N, int Vectors, class Epilogue>
STRATA_INLINE int gemm_row_panels(int n0, int n1, GemmShape s, GemmOperand<T> a, GemmOperand<T> b, Epilogue& epilogue) noexcept {
    constexpr int width = N * Vectors, parts = Vectors >= 8 ? 1 : 8 / Vectors;
    for (; n0 < n1 && (n1 - n0 + N - 1) / N >= Vectors; n0 += width) {
        alignas(64) T c[width];
        const int columns = gemm_least(width, n1 - n0), straight = gemm_straight(s.k, s.n, b.row, n0, width);
        gemm_row<T, N, Vectors, parts>(a.data, a.col, b.data + n0, b.row, c, straight, false);
        for (int k = straight; k < s.k;) {
            alignas(64) T panel[N * width];
            const int piece = gemm_least(N, s.k - k);
            gemm_pack<T, N>(b.data + k * b.row + n0, b.row, 1, columns, piece, panel, width);
            gemm_row<T, N, Vectors, parts>(a.data + k * a.col, a.col, panel, width, c, piece, true);
            k += piece;
        }
        epilogue(static_cast<const T*>(c), static_cast<long>(width), 0, 1, n0, columns);
    }
    return n0;
}

/// One row or one column by dot products over a contiguous k.
template <class T, GemmPlan P, class Epilogue>
STRATA_INLINE void gemm_run_dots(int first, int last, int k, const T* x, long x_k, const T* y, long y_row, Epilogue& epilogue) noexcept {
    constexpr int N = P.lanes, block = 16 * N;
    constexpr bool row = P.m == 1;
    alignas(64) T copy[P.pack_rows ? P.k + 1 : 1];
    if constexpr (P.pack_rows) {
        for (int i = 0; i < k; ++i) copy[i] = x[i * x_k];
        x = copy;
    }
    for (; first < last; first += block) {
        alignas(64) T c[row ? block : block * N];
        constexpr long step = row ? 1 : N;
        const int outputs = gemm_least(block, last - first);
        const T* from = y + first * y_row;
        if (outputs >= 8)
            for (int i = 0; i < outputs; i += 8) {
                const int at = gemm_least(i, outputs - 8);
                gemm_dots<T, N, 8>(x, from + at * y_row, y_row, c + at * step, step, k);
            }
        else
            for (int i = 0; i < outputs; ++i) gemm_dots<T, N, 1>(x, from + i * y_row, y_row, c + i * step, step, k);
        if constexpr (row)
            epilogue(static_cast<const T*>(c), static_cast<long>(block), 0, 1, first, outputs);
        else
            epilogue(static_cast<const T*>(c), step, first, outputs, 0, 1);
    }
}

} // namespace detail

/// Computes item `item` of [0, gemm_items(P)). epilogue(tile, ld, m0, rows, n0, columns) gets each finished block of C: row-major, unit stride along n,
/// 64-byte aligned, ld whole vectors of which all may be read. For one n0 the blocks come with ascending m0; each element comes once.
/// Needs: strides as given to gemm_plan. Sums over k == 0 are zeros; a count of 0 calls nothing.   Scratch: at most 128 KiB of stack.
template <class T, GemmPlan P, class Epilogue> void gemm_item(int item, GemmShape s, GemmOperand<T> a, GemmOperand<T> b, Epilogue&& epilogue) noexcept {
    using detail::gemm_least;
    constexpr int n_items = detail::gemm_blocks(P.n, P.item_n), N = P.lanes; // neighbours share rows of A
    const int n0 = item % n_items * P.item_n, n1 = gemm_least(n0 + P.item_n, s.n), m0 = item / n_items * P.item_m, m1 = gemm_least(m0 + P.item_m, s.m);
    if (n0 >= n1 || m0 >= m1) return;
    if constexpr (P.side == GemmSide::k) {
        if constexpr (P.m == 1)
            detail::gemm_run_dots<T, P>(n0, n1, s.k, a.data, a.col, b.data, b.col, epilogue);
        else
            detail::gemm_run_dots<T, P>(m0, m1, s.k, b.data, b.row, a.data, a.row, epilogue);
    } else if constexpr (P.m == 1 && !P.pack_lanes) {
        int at = n0;
        constexpr int vectors = detail::gemm_blocks(P.n, N);
        if constexpr (vectors >= 16) at = detail::gemm_row_panels<T, N, 16>(at, n1, s, a, b, epilogue);
        if constexpr (vectors % 16 >= 8) at = detail::gemm_row_panels<T, N, 8>(at, n1, s, a, b, epilogue);
        if constexpr (vectors % 8 >= 4) at = detail::gemm_row_panels<T, N, 4>(at, n1, s, a, b, epilogue);
        if constexpr (vectors % 4 >= 2) at = detail::gemm_row_panels<T, N, 2>(at, n1, s, a, b, epilogue);
        detail::gemm_row_panels<T, N, 1>(at, n1, s, a, b, epilogue);
    } else {
        constexpr int width = N * P.vectors, side = P.side == GemmSide::n ? P.n : P.m;
        constexpr int tail = detail::gemm_blocks(side % width, N); // vectors of the last panel
        const int first = P.side == GemmSide::n ? n0 : m0, last = P.side == GemmSide::n ? n1 : m1;
        for (int at = first; at < last; at += width)
            if (tail == 0 || tail == P.vectors || last - at > tail * N)
                detail::gemm_run<T, P, P.vectors>(n0, n1, m0, m1, s, a, b, epilogue, at);
            else
                detail::gemm_run<T, P, tail == 0 ? P.vectors : tail>(n0, n1, m0, m1, s, a, b, epilogue, at);
    }
}

} // namespace strata::host
