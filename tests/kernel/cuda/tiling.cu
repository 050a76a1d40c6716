// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/cuda/tiling.cuh>

#include <doctest/doctest.h>

namespace strata::test {
namespace {
using cuda::Cut;
using cuda::tiling_for;
using cuda::Units;

constexpr bool sound(const Cut& c, Units units, int size) {
    const cuda::Tiling& t = c.tile;
    const bool lines = units == Units::threads ? t.k % 8 == 0 : t.k * size % 32 == 0 && t.warp_m % 16 == 0 && t.warp_n % 16 == 0;
    const int stage = (t.m + t.n + (units == Units::threads ? 32 / size : 0)) * t.k * size;
    return lines && t.m % t.warp_m == 0 && t.n % t.warp_n == 0 && t.threads() <= 512 && t.threads() >= 32 && t.stages >= 2 && t.stages * stage <= 96 * 1024 && c.splits >= 1;
}
constexpr bool all_sound() {
    for (long m : {1, 40, 4096})
        for (long n : {10, 300})
            for (long k : {1, 768})
                for (long batches : {1, 12})
                    if (!sound(tiling_for(Units::half, 2, batches, m, n, k), Units::half, 2) || !sound(tiling_for(Units::tf32, 4, batches, m, n, k), Units::tf32, 4) ||
                        !sound(tiling_for(Units::threads, 4, batches, m, n, k), Units::threads, 4) || !sound(tiling_for(Units::threads, 8, batches, m, n, k), Units::threads, 8))
                        return false;
    return true;
}
constexpr int area(const Cut& c) { return c.tile.m * c.tile.n; }
}  // namespace

static_assert(all_sound());
// Large products take large tiles, thin ones thin tiles.
static_assert(area(tiling_for(Units::half, 2, 1, 4096, 4096, 4096)) >= 128 * 96 && area(tiling_for(Units::threads, 4, 1, 4096, 4096, 4096)) >= 128 * 64);
static_assert(tiling_for(Units::half, 2, 1, 4096, 10, 768).tile.n <= 32 && tiling_for(Units::half, 2, 1, 8, 4096, 768).tile.m == 16);
static_assert(tiling_for(Units::threads, 4, 1, 4096, 10, 768).tile.n == 16 && tiling_for(Units::threads, 4, 1, 8, 4096, 768).tile.m <= 32);
// Few results of long sums are shared out; many are not, nor are short sums.
static_assert(tiling_for(Units::half, 2, 1, 64, 64, 16384).splits > 8 && tiling_for(Units::threads, 4, 1, 64, 64, 16384).splits > 8);
static_assert(tiling_for(Units::half, 2, 1, 8192, 8192, 8192).splits == 1 && tiling_for(Units::half, 2, 1, 64, 64, 100).splits == 1);
// What is dear to bring takes tiles that bring less of it.
static_assert(area(tiling_for(Units::half, 2, 1, 1000, 1000, 1000, {0}, {0})) >= area(tiling_for(Units::half, 2, 1, 1000, 1000, 1000)));
// A user's tile is taken as it is.
static_assert(cuda::pinned(Units::half, 2, 1, 512, 512, 512, 64, 128, 64, 2).tile.m == 64 && cuda::pinned(Units::half, 2, 1, 512, 512, 512, 64, 128, 64, 2).tile.k == 64);
static_assert(cuda::pinned(Units::half, 2, 1, 512, 512, 512, 64, 128, 64, 2).tile.stages == 2 && sound(cuda::pinned(Units::threads, 4, 1, 512, 512, 512, 64, 32, 0, 0), Units::threads, 4));
// One that no kernel can multiply, or that no block has the memory for, is none.
constexpr bool tile_fits(Units units, int size, int m, int n, int k, int stages = 0) { return fits(units, size, cuda::pinned(units, size, 1, 512, 512, 512, m, n, k, stages).tile); }
static_assert(tile_fits(Units::half, 2, 64, 96, 0) && tile_fits(Units::tf32, 4, 48, 16, 16) && tile_fits(Units::threads, 8, 32, 32, 8));
static_assert(!tile_fits(Units::half, 2, 64, 8, 64) && !tile_fits(Units::half, 2, 64, 64, 16) && !tile_fits(Units::tf32, 4, 24, 64, 32) && !tile_fits(Units::threads, 4, 64, 64, 4));
static_assert(!tile_fits(Units::threads, 4, 256, 512, 8) && !tile_fits(Units::half, 2, 64, 64, 64, 15));

TEST_CASE("the chips known differ in what a tile costs them") {
    CHECK(cuda::chip_facts(800).processors == 108);
    CHECK(cuda::chip_facts(890).half_rate < cuda::chip_facts(800).half_rate);
    CHECK(cuda::chip_facts(900).half_rate == 2 * cuda::chip_facts(800).half_rate);
    CHECK(cuda::chip_facts(1000).processors == 148);
    CHECK(cuda::chip_facts(1200).processors == 170);
    CHECK(cuda::oldest_architecture() >= 800);
}

}  // namespace strata::test
