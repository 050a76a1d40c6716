// SPDX-License-Identifier: BSL-1.0
/// The gather kind: rows of a table, chosen by integers; and its transpose, scatter.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// Base of both.   Attributes: [0] axis of the table, [1] how many axes of the indices take its place.
template <int Axis, Kind K>
struct ChoiceBase {
    static constexpr Kind kind = K;
    static constexpr int arity = 2;
    static constexpr bool commutative = false;
    static constexpr int cost = 1;
    static constexpr Attributes of(const Dims& table, const Dims& index) { return {{table.axis(Axis), index.rank - (table.rank - 1 - table.axis(Axis))}}; }
};

/// table, index -> the table's rows.   Shapes: [A..., V, D...], [I..., 1...] (a 1 for each of D, so that it broadcasts) -> [A..., I..., D...].
template <int Axis>
struct Gathering : ChoiceBase<Axis, Kind::gather> {
    static constexpr Fit fit(const Dims& table, const Dims& index) {
        const int axis = table.axis(Axis), behind = table.rank - 1 - axis, rank = axis + index.rank;
        if (rank > max_rank) return Fit::misfit(max_rank, rank);
        Fit fit{Dims{rank, {}}};
        for (int i = 0; i < rank; ++i)
            fit.dims.extent[i] = i < axis ? table.extent[i] : i < rank - behind ? index.extent[i - axis] : table.extent[i - rank + table.rank];
        return fit;
    }
    static constexpr Attributes attributes(const Dims& table, const Dims& index) { return Gathering::of(table, index); }
};

/// dy, index, table -> the sums of the rows of dy that each row of the table was chosen for; the table lends its shape only.
template <int Axis>
struct Scattering : ChoiceBase<Axis, Kind::scatter> {
    static constexpr Fit fit(const Dims&, const Dims&, const Dims& table) { return Fit{table}; }
    static constexpr Attributes attributes(const Dims&, const Dims& index, const Dims& table) { return Scattering::of(table, index); }
};

}  // namespace strata
