// SPDX-License-Identifier: BSL-1.0
/// How the extents of values that one kernel computes relate: equal, a row of the other, what a fold leaves; and what needs loops of its own.
#pragma once

#include <strata/graph/graph.hpp>

namespace strata::detail {

/// Extent of an axis counted from the last, 1 where there is none.
constexpr int extent_from_end(const Dims& d, int back) { return back < d.rank ? d.extent[d.rank - 1 - back] : 1; }
/// Equal but for axes of extent 1 in front.
constexpr bool same_space(const Dims& a, const Dims& b) {
    for (int i = 0; i < max_rank; ++i)
        if (extent_from_end(a, i) != extent_from_end(b, i)) return false;
    return true;
}
/// The space of `d` with the axes in `mask` (counted from the end) at extent 1.
constexpr bool is_row_space(const Dims& row, const Dims& d, unsigned mask) {
    for (int i = 0; i < max_rank; ++i)
        if (extent_from_end(row, i) != (mask >> i & 1u ? 1 : extent_from_end(d, i))) return false;
    return true;
}
/// Axes (counted from the end) that a fold runs over.
constexpr unsigned folded_axes(const Dims& from, const Dims& to) {
    unsigned m = 0;
    for (int i = 0; i < from.rank; ++i)
        if (extent_from_end(from, i) != 1 && extent_from_end(to, i) == 1) m |= 1u << i;
    return m;
}
/// A fold over leading axes only, with something left behind them.
constexpr bool folds_columns(const Dims& from, unsigned folded) {
    for (int i = 0; i < from.rank; ++i)
        if (!(folded >> i & 1u) && extent_from_end(from, i) != 1) {
            for (int k = i + 1; k < from.rank; ++k)
                if (!(folded >> k & 1u) && extent_from_end(from, k) != 1) return false;
            return !(folded & ((1u << i) - 1));
        }
    return false;
}
/// A fold of what rows along the axes in `rows` have left, over all rows.
constexpr bool folds_rows(const Dims& d, unsigned rows, unsigned folded) {
    for (int i = 0; i < max_rank; ++i)
        if (extent_from_end(d, i) != 1 && !(rows >> i & 1u) && !(folded >> i & 1u)) return false;
    return true;
}
/// Most rows that are few: a large device has blocks for many more.
inline constexpr long few_rows = 8;
/// Whether rows along the axes in `rows` are longer than `longest`, and so few that all threads there are have to share them.
constexpr bool folds_together(const Dims& d, unsigned rows, long longest) {
    long length = 1, count = 1;
    for (int i = 0; i < max_rank; ++i) (rows >> i & 1u ? length : count) *= capacity(extent_from_end(d, i));
    return length > longest && count <= few_rows;
}
/// A convolution's gradient by its weights, whose places are no image's: a kernel counts filters, and all that one has as a row.
constexpr bool gives_weights(const Node& n) { return n.kind == Kind::convolution && n.attributes.value[0] == static_cast<int>(Convolve::weight); }
/// Whether n reads something with padding around it or rows of a table, which plain loops alone do.
template <class G>
constexpr bool loops_only(const G& g, const Node& n) {
    if (n.kind == Kind::gather) return true;
    for (int k = 0; k < n.arity; ++k)
        for (int id = n.in[k]; is_view(g.node[id]); id = g.node[id].in[0])
            if (move_of(g.node[id]) == Move::pad) return true;
    return false;
}

}  // namespace strata::detail
