// SPDX-License-Identifier: BSL-1.0
/// The scatter family: sums of rows, each put where its index says. An element's sum runs in the order of the indices, since nothing but
/// the result is cut into pieces.   Bound: memory bandwidth.
#pragma once

#include <strata/kernel/host/code.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// out[b][v][c] = the sum of dy[b][i][c] over those i, in order, whose index is v; an index outside [0, Rows) counts nowhere.
/// Needs: row-major arrays.   Pieces: blocks; then, where there are more indices than rows, columns, 256 bytes of them or more; then rows, for
/// each piece of which all indices are walked.
template <class Real, class Index, int Blocks, int Rows, int Columns, int Indices>
struct ScatterRows {
    static constexpr int w = width<Real>;
    static constexpr int between(long n, long most) { return static_cast<int>(n < 1 ? 1 : n < most ? n : most); }
    static constexpr int pieces(long of, long cuts) { return between((of + cuts - 1) / cuts, of); }
    static constexpr long work = long{Blocks} * (Rows + Indices) * Columns;
    static constexpr int wanted = between(work / 65536, 32);
    static constexpr int block_cuts = between(Blocks, wanted);
    static constexpr int column_cuts = Indices > Rows ? between(Columns * static_cast<long>(sizeof(Real)) / 256, pieces(wanted, block_cuts)) : 1;
    static constexpr int row_cuts = column_cuts > 1 ? 1 : between((long{Rows} + Indices) * Columns / (64L * Indices), between(Rows, pieces(wanted, long{block_cuts} * column_cuts)));
    static constexpr int items = block_cuts * column_cuts * row_cuts;

    static void run_item(int item, int blocks, int indices, const Real* dy, const Index* index, Real* out) noexcept {
        const int bi = item / (column_cuts * row_cuts), ci = item / row_cuts % column_cuts, ri = item % row_cuts;
        for (long b = long{blocks} * bi / block_cuts; b < long{blocks} * (bi + 1) / block_cuts; ++b)
            block(indices, dy + b * indices * Columns, index, out + b * Rows * Columns, long{Rows} * ri / row_cuts, long{Rows} * (ri + 1) / row_cuts, cut(ci), cut(ci + 1));
    }
    /// All of it at once.
    static void run(int blocks, int indices, const Real* dy, const Index* index, Real* out) noexcept {
        for (long b = 0; b < blocks; ++b) block(indices, dy + b * indices * Columns, index, out + b * Rows * Columns, 0, Rows, 0, Columns);
    }

  private:
    /// Rows [r0, r1) and columns [c0, c1) of one block.
    static void block(int indices, const Real* dy, const Index* index, Real* out, long r0, long r1, int c0, int c1) noexcept {
        if (c1 - c0 == Columns)
            __builtin_memset(out + r0 * Columns, 0, static_cast<unsigned long>((r1 - r0) * Columns) * sizeof(Real));
        else
            for (long r = r0; r < r1; ++r) row(out + r * Columns, c0, c1, [](int, auto) { return Real(0); });
        for (long i = 0; i < indices; ++i) {
            const auto at = static_cast<std::uint64_t>(index[i]);  // what is negative is large then
            if (at < static_cast<std::uint64_t>(r0) || at >= static_cast<std::uint64_t>(r1)) continue;
            Real* sum = out + static_cast<long>(at) * Columns;
            const Real* from = dy + i * Columns;
            row(sum, c0, c1, [&](int c, auto lanes) {
                if constexpr (decltype(lanes)::value)
                    return load<Real, w>(sum + c) + load<Real, w>(from + c);
                else
                    return sum[c] + from[c];
            });
        }
    }
    /// Where piece i of the columns begins: at whole vectors, as far as there are so many.
    static constexpr int cut(int i) { return i == column_cuts ? Columns : Columns / w * i / column_cuts * w; }
    /// to[c] = f(c) for columns [c0, c1): in lanes, the last ones singly.
    template <class F>
    STRATA_INLINE static void row(Real* to, int c0, int c1, F f) {
        int c = c0;
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
        const auto* dy = static_cast<const Real*>(base[1]);
        const auto* index = static_cast<const Element<I>*>(base[2]);
        auto* out = static_cast<Real*>(base[0]);
        if (run.pool == nullptr)
            Kernel::run(blocks, indices, dy, index, out);  // the same sums in the same order
        else
            spread(run, Kernel::items, [&](int i) { Kernel::run_item(i, blocks, indices, dy, index, out); });
    }
};

}  // namespace strata::host
