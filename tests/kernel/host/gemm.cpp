// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/gemm.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "../../support/guarded.hpp"

using strata::host::gemm_item;
using strata::host::gemm_items;
using strata::host::gemm_plan;
using strata::host::GemmOperand;
using strata::host::GemmPlan;
using strata::host::GemmShape;
using strata::host::GemmSide;
using strata::test::Guarded;

namespace {

template <class T> constexpr int lanes = strata::host::convolution_width<T>;

struct Strides {
    long row, col;
    constexpr long extent(int rows, int columns) const { return rows == 0 || columns == 0 ? 0 : (rows - 1) * row + (columns - 1) * col + 1; }
};

std::uint32_t state = 1;
double random() {
    state = state * 1664525u + 1013904223u;
    return static_cast<double>(state >> 8) / 8388608.0 - 1;
}

/// Runs a plan over operands that end at forbidden pages; checks every element against double sums, its bounds, and the contract of the tiles.
template <class T, GemmPlan P> std::vector<T> run(GemmShape s, Strides as, Strides bs, bool flush_end = true, bool backwards = false, unsigned seed = 1) {
    INFO("capacities ", P.m, ' ', P.n, ' ', P.k, ", run ", s.m, ' ', s.n, ' ', s.k, ", strides ", as.row, ' ', as.col, ' ', bs.row, ' ', bs.col);
    state = seed;
    Guarded<T> a(static_cast<std::size_t>(as.extent(s.m, s.k)), flush_end), b(static_cast<std::size_t>(bs.extent(s.k, s.n)), flush_end);
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<T>(random());
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<T>(random());
    std::vector<T> c(static_cast<std::size_t>(s.m * s.n), T(-77));
    std::vector<int> times(c.size(), 0);
    bool tiles_good = true, ordered = true;
    T sink = 0;
    for (int i = 0; i < gemm_items(P); ++i) {
        int next_m = -1, last_n = -1;
        gemm_item<T, P>(backwards ? gemm_items(P) - 1 - i : i, s, {a.data(), as.row, as.col}, {b.data(), bs.row, bs.col},
                        [&](const T* tile, long ld, int m0, int rows, int n0, int columns) {
                            tiles_good = tiles_good && reinterpret_cast<std::uintptr_t>(tile) % 64 == 0 && ld % P.lanes == 0 && ld >= columns;
                            tiles_good = tiles_good && rows > 0 && columns > 0 && m0 >= 0 && n0 >= 0 && m0 + rows <= s.m && n0 + columns <= s.n;
                            ordered = ordered && (n0 != last_n || m0 == next_m);
                            last_n = n0, next_m = m0 + rows;
                            if (!tiles_good) return;
                            for (int r = 0; r < rows; ++r)
                                for (int j = 0; j < columns; ++j) {
                                    const auto at = static_cast<std::size_t>((m0 + r) * s.n + n0 + j);
                                    c[at] = tile[r * ld + j], ++times[at];
                                }
                            for (int j = 0; j < (columns + P.lanes - 1) / P.lanes * P.lanes; ++j) sink += tile[(rows - 1) * ld + j];
                        });
    }
    CHECK(tiles_good);
    CHECK(ordered);
    CHECK(a.intact());
    CHECK(b.intact());
    int wrong = 0, uneven = 0;
    for (int i = 0; i < s.m; ++i)
        for (int j = 0; j < s.n; ++j) {
            double want = 0, scale = 0;
            for (int k = 0; k < s.k; ++k) {
                const double term = static_cast<double>(a[static_cast<std::size_t>(i * as.row + k * as.col)]) * static_cast<double>(b[static_cast<std::size_t>(k * bs.row + j * bs.col)]);
                want += term, scale += std::abs(term);
            }
            const auto at = static_cast<std::size_t>(i * s.n + j);
            const double bound = (std::sqrt(static_cast<double>(s.k)) + 2) * static_cast<double>(std::numeric_limits<T>::epsilon()) * scale;
            if (!(std::abs(static_cast<double>(c[at]) - want) <= bound)) ++wrong;
            if (times[at] != 1) ++uneven;
        }
    CHECK(wrong == 0);
    CHECK(uneven == 0);
    (void)sink;
    return c;
}

enum Order { plain, turned }; // row-major or column-major
constexpr Strides dense(int rows, int columns, Order order) { return order == plain ? Strides{columns, 1} : Strides{1, rows}; }

template <class T, int M, int N, int K, Order OA, Order OB, bool Whole = false> void one(GemmShape s, bool flush_end = true) {
    constexpr Strides as = dense(M, K, OA), bs = dense(K, N, OB);
    constexpr GemmPlan plan = gemm_plan(M, N, K, as.row, as.col, bs.row, bs.col, lanes<T>, Whole, sizeof(T));
    run<T, plan>(s, as, bs, flush_end);
}
template <class T, int M, int N, int K> void four() {
    one<T, M, N, K, plain, plain>({M, N, K});
    one<T, M, N, K, plain, turned>({M, N, K});
    one<T, M, N, K, turned, plain>({M, N, K});
    one<T, M, N, K, turned, turned>({M, N, K});
}

/// A plan made for these capacities runs with every strides of its kind: stride arguments decide the kind only.
template <class T, int M, int N, int K> void counts() {
    for (const int m : {0, 1, 2, 3, 4, 5, 7, 8, 9, M - 1, M})
        if (m >= 0 && m <= M) {
            one<T, M, N, K, plain, plain>({m, N, K}), one<T, M, N, K, plain, turned>({m, N, K});
            // Batch innermost: strides come from the capacity.
            one<T, M, N, K, turned, plain>({m, N, K}), one<T, M, N, K, turned, turned>({m, N, K});
        }
    for (const int k : {0, 1, 2, K / 2, K - 1})
        if (k >= 0 && k <= K) {
            one<T, M, N, K, plain, plain>({M, N, k}), one<T, M, N, K, plain, turned>({M, N, k});
            one<T, M, N, K, turned, plain>({M, N, k}), one<T, M, N, K, turned, turned>({M, N, k});
        }
    for (const int n : {0, 1, N / 2, N - 1})
        if (n >= 0 && n <= N) one<T, M, N, K, turned, plain>({M, n, K}), one<T, M, N, K, plain, turned>({M, n, K});
}

} // namespace

TEST_CASE("the plan: which side lies in lanes") {
    // Forward, weight gradient: the unit stride of B. Data gradient of a small batch: the batch, of a large one: packed weights.
    static_assert(gemm_plan(32, 256, 784, 784, 1, 256, 1, 16, false).side == GemmSide::n);
    static_assert(!gemm_plan(32, 256, 784, 784, 1, 256, 1, 16, false).pack_lanes);
    static_assert(gemm_plan(784, 256, 32, 1, 784, 256, 1, 16, false).side == GemmSide::n);
    static_assert(gemm_plan(32, 256, 128, 128, 1, 1, 128, 16, false).side == GemmSide::m);
    static_assert(gemm_plan(1024, 256, 128, 128, 1, 1, 128, 16, false).side == GemmSide::n);
    static_assert(gemm_plan(1024, 256, 128, 128, 1, 1, 128, 16, false).pack_lanes);
    static_assert(gemm_plan(1, 256, 784, 784, 1, 1, 784, 16, false).side == GemmSide::k);
    static_assert(gemm_plan(64, 1, 784, 784, 1, 1, 1, 16, false).side == GemmSide::k);
    static_assert(gemm_plan(128, 10, 128, 1, 128, 10, 1, 16, false).side == GemmSide::m);
    // Items come from capacities; whole rows means one item along m.
    static_assert(gemm_items(gemm_plan(8, 8, 8, 8, 1, 8, 1, 16, false)) == 1);
    static_assert(gemm_plan(4096, 16, 1024, 1024, 1, 16, 1, 16, true).item_m == 4096);
    static_assert(gemm_items(gemm_plan(4096, 16, 1024, 1024, 1, 16, 1, 16, false)) > 8);
    CHECK(gemm_items(gemm_plan(128, 256, 784, 784, 1, 256, 1, 16, true)) > 1);
}

TEST_CASE_TEMPLATE("small shapes, four orders", T, float, double) {
    four<T, 1, 1, 1>(), four<T, 2, 3, 5>(), four<T, 3, 17, 9>(), four<T, 5, 10, 33>(), four<T, 7, 70, 1>(), four<T, 8, 8, 8>();
    four<T, 17, 17, 17>(), four<T, 33, 31, 29>(), four<T, 48, 1, 70>(), four<T, 1, 48, 70>(), four<T, 1, 270, 37>(), four<T, 70, 2, 3>();
}

TEST_CASE_TEMPLATE("layer shapes, four orders", T, float, double) {
    four<T, 32, 10, 128>(), four<T, 32, 120, 256>(), four<T, 32, 84, 120>(), four<T, 1, 256, 784>(), four<T, 1, 10, 84>(), four<T, 128, 128, 300>();
}

TEST_CASE("counts below the capacity") { counts<float, 33, 40, 50>(), counts<float, 1, 70, 19>(), counts<float, 20, 1, 70>(), counts<double, 12, 17, 270>(); }

TEST_CASE("layers of 784-256-128-10: forward, weight gradient, data gradient") {
    one<float, 32, 256, 784, plain, plain>({32, 256, 784}), one<float, 128, 128, 256, plain, plain>({100, 128, 256});
    one<float, 784, 256, 32, turned, plain, true>({784, 256, 32}), one<float, 784, 256, 32, turned, plain>({784, 256, 17});
    one<float, 128, 10, 32, turned, plain, true>({128, 10, 31}), one<float, 32, 256, 128, plain, turned>({29, 256, 128});
    one<float, 128, 256, 128, plain, turned>({128, 256, 128}), one<float, 32, 128, 10, plain, turned>({32, 128, 10});
}
