// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/scatter.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "../../support/guarded.hpp"
#include "../../support/scatter.hpp"

namespace strata::test {
namespace {

using strata::host::ScatterRows;

// Pieces: none for what is small, then blocks; columns of a table that is read often, rows of one that is large.
template <class Real, int Blocks, int Rows, int Columns, int Indices>
constexpr bool cut_as(int blocks, int columns, int rows) {
    using K = ScatterRows<Real, std::int32_t, Blocks, Rows, Columns, Indices>;
    return K::block_cuts == blocks && K::column_cuts == columns && K::row_cuts == rows && K::items == blocks * columns * rows;
}
static_assert(cut_as<float, 1, 100, 64, 100>(1, 1, 1));
static_assert(cut_as<float, 64, 100, 64, 4096>(32, 1, 1));
static_assert(cut_as<float, 1, 256, 512, 16384>(1, 8, 1));
static_assert(cut_as<double, 3, 256, 512, 16384>(3, 11, 1));
static_assert(cut_as<double, 1, 1000000, 7, 64>(1, 1, 32));
static_assert(cut_as<float, 1, 30000, 128, 4096>(1, 1, 16));
static_assert(cut_as<float, 1, 2, 128, 1>(1, 1, 1));

/// Kernel against its definition in the same order of sums, to the bit; each array ends where no one may read or write.
template <class Real, class Index, int Blocks, int Rows, int Columns, int Indices>
void check(int blocks, int indices) {
    CAPTURE(Columns);
    CAPTURE(indices);
    using Kernel = ScatterRows<Real, Index, Blocks, Rows, Columns, Indices>;
    Guarded<Real> dy(static_cast<std::size_t>(blocks * indices * Columns)), out(static_cast<std::size_t>(blocks * Rows * Columns));
    Guarded<Index> index(static_cast<std::size_t>(indices));
    const ScatterCase<Real, Index> reference(blocks, Rows, Columns, indices);
    const std::vector<Real>& wanted = reference.wanted;
    std::copy(reference.dy.begin(), reference.dy.end(), dy.data());
    std::copy(reference.index.begin(), reference.index.end(), index.data());
    for (long i = 0; i < long{blocks} * Rows * Columns; ++i) out.data()[i] = std::numeric_limits<Real>::quiet_NaN();
    for (int i = Kernel::items - 1; i >= 0; --i) Kernel::run_item(i, blocks, indices, dy.data(), index.data(), out.data());
    CHECK(std::memcmp(out.data(), wanted.data(), wanted.size() * sizeof(Real)) == 0);
    for (long i = 0; i < long{blocks} * Rows * Columns; ++i) out.data()[i] = std::numeric_limits<Real>::quiet_NaN();
    Kernel::run(blocks, indices, dy.data(), index.data(), out.data());
    CHECK(std::memcmp(out.data(), wanted.data(), wanted.size() * sizeof(Real)) == 0);
}

TEST_CASE("scatter: one piece") {
    check<float, std::int32_t, 1, 9, 1, 30>(1, 30);
    check<float, std::int32_t, 1, 9, 33, 30>(1, 30);
    check<double, std::int64_t, 2, 5, 7, 11>(2, 11);
    check<double, std::int32_t, 1, 1, 16, 1>(1, 1);
}
TEST_CASE("scatter: pieces of blocks, columns and rows") {
    check<float, std::int32_t, 9, 20, 33, 300>(9, 300);
    check<float, std::int64_t, 1, 50, 517, 400>(1, 400);
    check<double, std::int32_t, 2, 70, 100, 1400>(2, 1400);
    check<float, std::int32_t, 1, 30000, 7, 64>(1, 64);
    check<double, std::int64_t, 1, 5001, 40, 30>(1, 30);
    static_assert(cut_as<float, 9, 20, 33, 300>(1, 1, 1) && cut_as<float, 1, 50, 517, 400>(1, 3, 1) && cut_as<double, 2, 70, 100, 1400>(2, 2, 1));
    static_assert(cut_as<float, 1, 30000, 7, 64>(1, 1, 3) && cut_as<double, 1, 5001, 40, 30>(1, 1, 3));
}
TEST_CASE("scatter: a batch that is not full, of indices or of blocks") {
    check<float, std::int32_t, 1, 50, 517, 400>(1, 25);
    check<float, std::int32_t, 9, 20, 33, 300>(2, 300);
    check<double, std::int64_t, 64, 40, 20, 64>(1, 64);
}

}  // namespace
}  // namespace strata::test
