// SPDX-License-Identifier: BSL-1.0
/// The scatter family: sums of rows, each put where its index says. An element's sum runs in the order of the indices, since nothing but
/// the result is cut into pieces.   Bound: memory bandwidth.
#pragma once

#include <strata/kernel/host/code.hpp>

namespace strata::host {

/// out[b][v][c] = the sum of dy[b][i][c] over those i, in order, whose index is v; an index outside [0, Rows) counts nowhere.
/// Needs: row-major arrays.   Pieces: blocks; then columns, at least 64 bytes of them; then rows, for each of which all indices are walked.
template <class Real, class Index, int Blocks, int Rows, int Columns, int Indices>
struct ScatterRows {
    static constexpr int w = width<Real>;
    static constexpr long work = long{Blocks} * (Rows + Indices) * Columns;
    static constexpr int least(long a, long b) { return static_cast<int>(a < b ? a : b); }
    static constexpr int wanted = work / 65536 < 1 ? 1 : least(work / 65536, 32);
    static constexpr int block_cuts = least(Blocks, wanted);
    static constexpr int widest = Columns * static_cast<int>(sizeof(Real)) / 64 < 1 ? 1 : Columns * static_cast<int>(sizeof(Real)) / 64;
    static constexpr int column_cuts = least(widest, (wanted + block_cuts - 1) / block_cuts);
    static constexpr int row_cuts = least(least(Rows, 4), (wanted + block_cuts * column_cuts - 1) / (block_cuts * column_cuts));
    static constexpr int items = block_cuts * column_cuts * row_cuts;

    static void run_item(int item, int blocks, int indices, const Real* dy, const Index* index, Real* out) noexcept {
        const int bi = item / (column_cuts * row_cuts), ci = item / row_cuts % column_cuts, ri = item % row_cuts;
        const long r0 = long{Rows} * ri / row_cuts, r1 = long{Rows} * (ri + 1) / row_cuts;
        const int c0 = cut(ci), c1 = cut(ci + 1);
        for (long b = long{blocks} * bi / block_cuts; b < long{blocks} * (bi + 1) / block_cuts; ++b) {
            Real* to = out + b * Rows * Columns;
            for (long r = r0; r < r1; ++r) row(to + r * Columns, c0, c1, [](long, auto) { return Real(0); });
            for (long i = 0; i < indices; ++i) {
                const auto at = static_cast<std::uint64_t>(index[i]);  // what is negative is large then
                if (at < static_cast<std::uint64_t>(r0) || at >= static_cast<std::uint64_t>(r1)) continue;
                Real* sum = to + static_cast<long>(at) * Columns;
                const Real* from = dy + (b * indices + i) * Columns;
                row(sum, c0, c1, [&](long c, auto lanes) {
                    if constexpr (decltype(lanes)::value)
                        return load<Real, w>(sum + c) + load<Real, w>(from + c);
                    else
                        return sum[c] + from[c];
                });
            }
        }
    }

  private:
    /// Where piece i of the columns begins: at whole vectors, as far as there are so many.
    static constexpr int cut(int i) { return i == column_cuts ? Columns : Columns / w * i / column_cuts * w; }
    /// to[c] = f(c) for columns [c0, c1): in lanes, the last ones singly.
    template <class F>
    STRATA_INLINE static void row(Real* to, int c0, int c1, F f) {
        long c = c0;
        for (; c + w <= c1; c += w) store(to + c, Pack<Real, w>(f(c, std::true_type{})));
        for (; c < c1; ++c) to[c] = f(c, std::false_type{});
    }
};

/// The step; its arrays: the result, dy, the indices.
template <class Step>
struct Scatter;
template <DType T, DType I, int Blocks, int Rows, int Columns, int Indices, int Bounded, int Unit>
struct Scatter<ScatterStep<T, I, Blocks, Rows, Columns, Indices, Bounded, Unit>> {
    using Real = Element<T>;
    using Kernel = ScatterRows<Real, Element<I>, Blocks, Rows, Columns, Indices>;
    static void run(const Run& run, void* const* base) noexcept {
        const int blocks = Bounded == 1 ? run.count * Unit : Blocks, indices = Bounded == 2 ? run.count * Unit : Indices;
        spread(run, Kernel::items, [&](int i) {
            Kernel::run_item(i, blocks, indices, static_cast<const Real*>(base[1]), static_cast<const Element<I>*>(base[2]), static_cast<Real*>(base[0]));
        });
    }
};

}  // namespace strata::host
