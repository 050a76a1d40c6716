// SPDX-License-Identifier: BSL-1.0
/// What a matrix product on the host decides at compile time: the axis in vector lanes, the register tile, what is copied, blocks and items. What order
/// a sum has is decided here: k upwards in one accumulator (n, m), by the rest of k (quads), by lanes (k); never by the tile, the item or the count
/// of rows: the same bits for any number of threads.
#pragma once

#include <strata/kernel/host/quads.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// The axis that lies in vector lanes: n (rows of A are broadcast), m (the product is computed transposed and turned round in the first
/// cache), k (dot products, for one row or one column), quads (n, few, and four of k beside each).
enum class GemmSide { n, m, k, quads };

/// What the tiles of a block do beside their sums: the first copies y for those after it; those that do not copy fetch.
struct GemmAside {
    bool copies, fetches;
    constexpr bool operator==(const GemmAside&) const = default;
};

/// All that is decided before the program runs. Made by gemm_plan.
struct GemmPlan {
    int m, n, k;               // capacities
    GemmSide side;             // axis in lanes
    bool pack_lanes;           // the operand in lanes is copied into panels: it has no unit stride along them
    bool copy_vector;          // side k only: the operand that is a vector is copied, its stride is not one
    int lanes, rows, vectors;  // register tile: rows x (vectors * lanes)
    int block;                 // rows of the broadcast side that one block of scratch holds
    int item_m, item_n;        // what one item owns
    GemmAside aside;
    constexpr bool operator==(const GemmPlan&) const = default;
};

namespace detail {

constexpr int gemm_blocks(int size, int block) { return (size + block - 1) / block; }
constexpr int gemm_least(int a, int b) { return a < b ? a : b; }

/// Longest piece of k that is summed before the next rows come: a panel of it, of 64 KiB, of few rows 96, stays in the second cache.
inline constexpr int gemm_k_block = 512;
/// Most rows of a block, when k takes several pieces or panels are copied, or the product is turned round.
inline constexpr int gemm_block_rows = 256;
/// Most bytes of an operand that the second cache keeps.
inline constexpr long gemm_near_bytes = 1 << 20;
/// Multiply-adds that are worth a thread.
inline constexpr long gemm_item_work = 1 << 19;
/// The same of one row, which takes as long as its matrix takes to come from the second cache. Whole rows of a matrix are one stream, which
/// comes a tenth sooner than columns of it: more threads must gain more than that.
inline constexpr long gemm_row_work = 1 << 18;

/// Half vectors that hold `size` elements; only the longest vectors are halved, whose halves are vectors of the machine too.
constexpr int gemm_halves(int size, int lanes, int element_bytes) {
    return lanes * element_bytes == 64 ? gemm_blocks(size, lanes / 2) : 2 * gemm_blocks(size, lanes);
}

/// Half vectors that hold four of k beside each of N columns; 0 if they are too many, or the panel too long for scratch memory.
constexpr int gemm_quad_halves(int N, int K, int lanes, int element_bytes) {
    if (element_bytes != 4 || lanes < 4 || N < 2) return 0;
    const int halves = gemm_halves(4 * N, lanes, element_bytes);
    return halves <= (convolution_registers >= 32 ? 6 : 24) && static_cast<long>(K + 3) * halves * lanes / 2 <= 65536 ? halves : 0;
}

/// The tiles of a block: `tall` ones, then `fours`; both 0: one row each. The last may compute rows again: in scratch, rows from `whole` on lie
/// `skip` rows further.
struct GemmSplit {
    int tall, fours, whole, skip;
};
/// fours: tiles of four rows are as quick for a row as those of `tile`, and may save rows that are computed twice.
constexpr GemmSplit gemm_split(int rows, int tile, bool fours) {
    if (rows < 4 && rows < tile) return {0, 0, rows, 0};
    GemmSplit best{0, 0, 0, -1};
    if (rows < tile)
        best.fours = gemm_blocks(rows, 4), best.skip = best.fours * 4 - rows;
    else
        for (int i = 0; i <= (fours && tile > 4 ? 3 : 0); ++i) {
            const int tall = 4 * i < rows ? gemm_blocks(rows - 4 * i, tile) : 0, skip = tall * tile + 4 * i - rows;
            if (best.skip < 0 || skip < best.skip) best.tall = tall, best.fours = i, best.skip = skip;
        }
    best.whole = best.skip == 0 ? rows : rows + best.skip - (best.fours > 0 ? 4 : tile);
    return best;
}

/// Cost of a tile for one step of k: its multiply-adds by half vectors, or their latency if there are few, then its loads and the way
/// there.
constexpr long gemm_tile_cost(int rows, int halves) {
    const bool many = convolution_registers >= 32;
    const int least = many ? 12 : 16;
    return halves == 0 ? 0 : 4 * (rows * halves < least ? least : rows * halves) + rows + (many ? halves : halves / 2) + 8;
}

/// The same of all `rows`, which tiles of `tile` and of four share.
constexpr long gemm_panel_cost(int rows, int tile, int halves) {
    const GemmSplit split = gemm_split(rows, tile, halves > 3);
    return split.tall * gemm_tile_cost(tile, halves) + split.fours * gemm_tile_cost(4, halves);
}

/// The register tile for `rows` of the broadcast side, x_row bytes apart, and `halves` half vectors of the other. Rows a multiple of 4 KiB apart share the
/// few ways of one set of the first cache: a tile takes no more of them than fit there, but for rows that are one tile, for which the other comes once. Of few steps of k, a lower tile's stores pass while the next sums.
constexpr void gemm_choose_tile(GemmPlan& plan, int rows, long x_row, int halves) {
    const bool many = convolution_registers >= 32;
    const int tallest = !many || (rows > 14 && x_row > 0 && x_row % 4096 == 0) ? 6 : plan.k <= 48 ? 8 : 14;
    long best = -1;
    for (int v = 1; v <= (rows <= 4 || !many ? 3 : 2); ++v)
        for (int r = !many && v == 3 ? 4 : tallest; r >= 1; --r) {
            if ((v > 1 && 2 * v > halves + 1) || r > rows || (r < 4 && r < rows)) continue;
            const long cost = halves / (2 * v) * gemm_panel_cost(rows, r, 2 * v) + gemm_panel_cost(rows, r, halves % (2 * v));
            if (best < 0 || cost < best) best = cost, plan.rows = r, plan.vectors = v;
        }
}

}  // namespace detail

/// Decides for C [M][N] = A [M][K] B [K][N] with these strides, in elements of `element_bytes`, and vectors of `lanes` elements.
/// whole_rows_in_one_item: an item owns every m of its n (the epilogue sums over m).
constexpr GemmPlan gemm_plan(int M, int N, int K, long a_row, long a_col, long b_row, long b_col, int lanes, bool whole_rows_in_one_item,
                             int element_bytes = 4) {
    using detail::gemm_blocks, detail::gemm_least;
    GemmPlan plan{M, N, K, GemmSide::n, b_col != 1, false, lanes, 1, 1, M, M, N, {false, false}};
    const bool dots_fit = static_cast<long>(K) * element_bytes <= 65536;
    if ((M == 1 && b_col != 1 && b_row == 1 && (a_col == 1 || dots_fit)) ||
        (N == 1 && M > 1 && a_col == 1 && a_row != 1 && (b_row == 1 || dots_fit))) {
        plan.side = GemmSide::k, plan.pack_lanes = false, plan.copy_vector = M == 1 ? a_col != 1 : b_row != 1;
        const int outputs = M == 1 ? N : M, want = static_cast<int>(static_cast<long>(outputs) * K / detail::gemm_item_work) + 1;
        const int piece = (gemm_blocks(outputs, want) + 7) / 8 * 8;
        if (M == 1)
            plan.item_n = gemm_least(piece, N);
        else if (!whole_rows_in_one_item)
            plan.item_m = gemm_least(piece, M);
        return plan;
    }
    // Costs in vector operations; turning or packing a vector takes about five.
    const int m_halves = detail::gemm_halves(M, lanes, element_bytes), n_halves = detail::gemm_halves(N, lanes, element_bytes);
    const long m = M, n = N, k = K, turn = 10;
    const long by_n = m * n_halves * k + (b_col != 1 ? turn * n * k / lanes : 0);
    const long by_m = n * m_halves * k + (a_row != 1 ? turn * m * k / lanes * gemm_blocks(N, 128) : 0) + turn * m * n / lanes;
    if (by_m + by_m / 24 < by_n && M > 1)  // a clear gain only: small counts fare better with n in lanes
        plan.side = GemmSide::m, plan.pack_lanes = a_row != 1;
    const int quads = detail::gemm_quad_halves(N, K, lanes, element_bytes);
    if (a_col == 1 && M >= 8 && quads > 0 && m * quads * k / 4 + m * 12 + turn * n * k / lanes < (plan.side == GemmSide::m ? by_m : by_n)) {
        plan.side = GemmSide::quads, plan.pack_lanes = true, plan.vectors = quads / 2, plan.rows = quad_rows((quads + 1) / 2);
        const int pieces = whole_rows_in_one_item ? 1 : gemm_blocks(M, gemm_blocks(M, static_cast<int>(m * n * k / detail::gemm_item_work) + 1));
        plan.item_m = gemm_least(M, gemm_blocks(gemm_blocks(M, pieces), plan.rows) * plan.rows);
        plan.block = gemm_least(plan.item_m, 64);
        return plan;
    }
    const bool turned = plan.side == GemmSide::m;
    // Panels whose rows lie far apart fall into few sets of the first cache, and out of it before the next tile comes: the first tile lays them side
    // by side. What comes from behind the second cache is asked for ahead.
    const bool far = static_cast<long>(turned ? M : N) * K * element_bytes > detail::gemm_near_bytes;
    if (!plan.pack_lanes) plan.aside = {(turned ? N : M) >= 12 && (turned ? a_col : b_row) * element_bytes >= 512, far};
    detail::gemm_choose_tile(plan, turned ? N : M, (turned ? b_col : a_row) * element_bytes, turned ? m_halves : n_halves);
    const long work = M == 1 ? detail::gemm_row_work : detail::gemm_item_work;
    const int want = static_cast<int>(m * n * k / work < 64 ? m * n * k / work + 1 : 64);
    int row_vectors = 16;
    while (row_vectors > 4 && gemm_blocks(N, row_vectors * lanes) < want) row_vectors /= 2;
    const int panel = (M == 1 && !plan.pack_lanes ? row_vectors : plan.vectors) * lanes, panels = gemm_blocks(N, panel);
    if (turned) {
        // Each item packs A again: not too narrow.
        int each = gemm_blocks(N, want);
        each = each < 128 ? 128 : gemm_least(each, detail::gemm_block_rows);
        plan.item_n = gemm_least(N, gemm_blocks(gemm_blocks(N, gemm_blocks(N, each)), plan.rows) * plan.rows);
        plan.block = plan.item_n;
        return plan;
    }
    const bool copies = plan.aside.copies;
    plan.item_n = gemm_least(N, (copies ? (panels < want ? 1 : panels / want) : gemm_blocks(panels, gemm_least(want, panels))) * panel);
    if (!whole_rows_in_one_item) {
        // Rows are cut only if columns make too few items, later where each item copies B again, and never where it packs it.
        const int across = gemm_blocks(N, plan.item_n), down = copies ? gemm_least(want, 16) / across : gemm_blocks(want, across);
        const int wanted = plan.pack_lanes || down == 0 ? M : gemm_blocks(M, down);
        plan.item_m = gemm_least(M, gemm_blocks(gemm_blocks(M, gemm_blocks(M, wanted)), plan.rows) * plan.rows);
    }
    // Blocks of equal size, so that the last one is no sliver.
    const int most = K > detail::gemm_k_block || plan.pack_lanes || copies ? detail::gemm_block_rows : 64,
              each = gemm_blocks(plan.item_m, gemm_blocks(plan.item_m, most));
    plan.block = gemm_least(M, gemm_blocks(each, plan.rows) * plan.rows);
    return plan;
}

/// Independent items of a plan; from capacities only.
constexpr int gemm_items(const GemmPlan& plan) {
    return detail::gemm_blocks(plan.m, plan.item_m) * detail::gemm_blocks(plan.n, plan.item_n);
}

}  // namespace strata::host
