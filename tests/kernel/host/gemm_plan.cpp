// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/gemm_plan.hpp>

#include <doctest/doctest.h>

using namespace strata::host;
using detail::gemm_split, detail::GemmSplit;

TEST_CASE("the plan: which side lies in lanes") {
    // Forward and weight gradient: the unit stride of B. Data gradient: a small batch is turned round, for a large one the weights are.
    static_assert(gemm_plan(32, 256, 784, 784, 1, 256, 1, 16, false).side == GemmSide::n);
    static_assert(!gemm_plan(32, 256, 784, 784, 1, 256, 1, 16, false).pack_lanes);
    static_assert(gemm_plan(784, 256, 32, 1, 784, 256, 1, 16, false).side == GemmSide::n);
    static_assert(gemm_plan(32, 256, 128, 128, 1, 1, 128, 16, false).side == GemmSide::m);
    static_assert(gemm_plan(1024, 256, 128, 128, 1, 1, 128, 16, false).side == GemmSide::n);
    static_assert(gemm_plan(1024, 256, 128, 128, 1, 1, 128, 16, false).pack_lanes);
    static_assert(gemm_plan(128, 10, 128, 1, 128, 10, 1, 16, false).side == GemmSide::m);
    // Few columns and a contiguous k: four of k beside each.
    static_assert(gemm_plan(32, 10, 128, 128, 1, 10, 1, 16, false).side == GemmSide::quads);
    static_assert(gemm_plan(32, 10, 128, 128, 1, 1, 128, 16, false).side == GemmSide::quads);
    static_assert(gemm_plan(32, 16, 128, 128, 1, 16, 1, 16, false).side == GemmSide::n);        // 16 columns fill a vector
    static_assert(gemm_plan(32, 10, 128, 128, 1, 10, 1, 8, false, 8).side != GemmSide::quads);  // doubles
    static_assert(gemm_plan(32, 10, 65536, 65536, 1, 10, 1, 16, false).side != GemmSide::quads);
    // One row or one column whose k is contiguous: dot products.
    static_assert(gemm_plan(1, 256, 784, 784, 1, 1, 784, 16, false).side == GemmSide::k);
    static_assert(gemm_plan(64, 1, 784, 784, 1, 1, 1, 16, false).side == GemmSide::k);
    // No row is computed twice where the batch is even.
    static_assert(gemm_split(32, gemm_plan(32, 256, 784, 784, 1, 256, 1, 16, false).rows, true).skip == 0);
    // Items come from capacities; whole rows means one item along m.
    static_assert(gemm_items(gemm_plan(8, 8, 8, 8, 1, 8, 1, 16, false)) == 1);
    // One row waits for its matrix: a small one comes soonest as one stream, of a large one two threads have two caches.
    static_assert(gemm_items(gemm_plan(1, 256, 784, 784, 1, 256, 1, 16, false)) == 1 && gemm_items(gemm_plan(1, 1024, 784, 784, 1, 1024, 1, 16, false)) == 4);
    static_assert(gemm_plan(4096, 16, 1024, 1024, 1, 16, 1, 16, true).item_m == 4096);
    static_assert(gemm_items(gemm_plan(4096, 16, 1024, 1024, 1, 16, 1, 16, false)) > 8);
    CHECK(gemm_items(gemm_plan(128, 256, 784, 784, 1, 256, 1, 16, true)) > 1);
}

TEST_CASE("what tiles do beside their sums") {
    constexpr GemmPlan near = gemm_plan(32, 256, 784, 784, 1, 256, 1, 16, false), far = gemm_plan(32, 1024, 784, 784, 1, 1024, 1, 16, false);
    constexpr GemmAside nothing{false, false}, copies{true, false}, fetches{false, true}, both{true, true};
    static_assert(near.aside == copies && far.aside == both && gemm_plan(32, 1024, 784, 784, 1, 1024, 1, 8, false).aside == both);
    static_assert(gemm_plan(256, 1024, 784, 784, 1, 1024, 1, 16, false).aside == both && !gemm_plan(256, 1024, 784, 784, 1, 1024, 1, 16, false).pack_lanes);
    // Few rows are one tile, which has none to copy for; rows close together lie well as they are.
    static_assert(gemm_plan(9, 1024, 784, 784, 1, 1024, 1, 16, false).aside == fetches && gemm_plan(9, 1024, 784, 784, 1, 1024, 1, 8, false).aside == fetches);
    static_assert(gemm_plan(9, 256, 784, 784, 1, 256, 1, 16, false).aside == nothing);
    static_assert(gemm_plan(32, 84, 120, 120, 1, 84, 1, 16, false).aside == nothing);
    // 1 MiB stays in the second cache.
    static_assert(gemm_plan(9, 512, 512, 512, 1, 512, 1, 16, false).aside == nothing && gemm_plan(9, 513, 512, 512, 1, 513, 1, 16, false).aside == fetches);
    // Panels that are packed are neither copied nor fetched.
    static_assert(gemm_plan(1024, 1024, 1024, 1024, 1, 1, 1024, 16, false).pack_lanes && gemm_plan(1024, 1024, 1024, 1024, 1, 1, 1024, 16, false).aside == nothing);
}

TEST_CASE("the tile: rows a page apart share a set of the first cache, and few steps of k want few stores at a time") {
    const auto rows = [](int m, int k, long a_row) { return gemm_plan(m, 256, k, a_row, 1, 256, 1, 16, false).rows; };
    const bool many = convolution_registers == 32;
    CHECK((rows(28, 1040, 1040) == (many ? 14 : 6) && rows(30, 1024, 1024) == 6));
    CHECK((!many || rows(14, 1024, 1024) == 14));  // one tile: B comes once
    CHECK((!many || (rows(28, 49, 49) == 14 && rows(32, 48, 48) == 8)));
}

TEST_CASE("tiles of a block: tall ones and fours, the fewest rows twice") {
    for (int rows = 1; rows <= 64; ++rows)
        for (const int tile : {1, 2, 3, 4, 5, 6, 8, 14}) {
            const GemmSplit split = gemm_split(rows, tile, true);
            const int computed = split.tall * tile + split.fours * 4, last = split.fours > 0 ? 4 : tile;
            CAPTURE(rows);
            CAPTURE(tile);
            if (computed == 0) {
                CHECK((rows < 4 && rows < tile && split.whole == rows));
                continue;
            }
            CHECK(computed - rows == split.skip);
            CHECK((split.skip >= 0 && split.skip < last && split.whole == (split.skip == 0 ? rows : computed - last)));
            CHECK((split.tall == 0 || rows >= tile));
        }
    static_assert(gemm_split(32, 6, true).skip == 0 && gemm_split(32, 6, true).fours == 2 && gemm_split(32, 6, false).skip == 4);
    static_assert(gemm_split(31, 6, true).skip == 1 && gemm_split(64, 14, true).skip == 0 && gemm_split(5, 6, false).fours == 2);
}
