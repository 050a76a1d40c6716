// SPDX-License-Identifier: BSL-1.0
/// take: rows of a table, chosen by integers, as an embedding looks words up.
#pragma once

#include <strata/expr/gather.hpp>
#include <strata/op/reshape.hpp>

namespace strata {

template <int Axis>
struct GatherOp;
/// The sum of dy's rows in the places that they were taken from, in the order of the indices, whatever the number of threads.
template <int Axis>
struct ScatterOp : Scattering<Axis> {
    static constexpr auto name = "scatter";
    static constexpr auto backward(Expression auto d, Expression auto /*y*/, Expression auto /*dy*/, Expression auto index) {
        return gradients(strata::apply<GatherOp<Axis>>(d, index), none);
    }
};
template <int Axis>
struct GatherOp : Gathering<Axis> {
    static constexpr auto name = "take";
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto table, Expression auto index) {
        return gradients(strata::apply<ScatterOp<Axis>>(dy, index, table), none);
    }
};
/// Indices with an axis of extent 1 for each that the table has behind Axis, in derivatives, where shapes are not known.
template <int Axis>
struct AlignLikeOp : MovementLike<Move::reshape> {
    static constexpr auto name = "reshape";
    static constexpr Fit fit(const Dims& index, const Dims& table) {
        Fit fit{index};
        for (int i = table.axis(Axis) + 1; i < table.rank && fit.dims.rank < max_rank; ++i) fit.dims.extent[fit.dims.rank++] = 1;
        return fit;
    }
};

/// The name of take in messages.
template <int Axis>
struct Take {};

namespace detail {
template <int... D, int... One, class E>
constexpr auto append_axes(Shape<D...>, std::integer_sequence<int, One...>, const E& e) {
    return strata::apply<ReshapeOp<D..., (One * 0 + 1)...>>(e);
}
template <int Axis, class T, class I>
constexpr auto take(const T& table, const I& indices) {
    if constexpr (is_misfit<T> || is_misfit<I>) {
        return first_misfit(table, indices);
    } else if constexpr (std::is_same_v<typename T::Shape, Any> || std::is_same_v<typename I::Shape, Any>) {
        return strata::apply<GatherOp<Axis>>(table, strata::apply<AlignLikeOp<Axis>>(indices, table));
    } else {
        using Element = typename I::Type;
        constexpr Dims t = T::Shape::dims(), i = I::Shape::dims();
        constexpr int axis = t.axis(Axis), rank = t.rank - 1 + i.rank;
        if constexpr (!std::is_same_v<Element, std::int32_t> && !std::is_same_v<Element, std::int64_t>)
            return TypeMisfit<Take<Axis>, typename T::Type, Element>{};
        else if constexpr (rank > max_rank)
            return Misfit<Take<Axis>, max_rank, rank, CapacityShape<typename T::Shape>, CapacityShape<typename I::Shape>>{};
        else if constexpr (i.bounded() && axis > 0)
            return Refusal<BatchStaysWhole<Take<Axis>>::template Along>{};
        else
            return strata::apply<GatherOp<Axis>>(table, append_axes(typename I::Shape{}, std::make_integer_sequence<int, t.rank - 1 - axis>{}, indices));
    }
}
}  // namespace detail

/// One number where indices belong.
template <class Op>
struct IndexIsPlainNumber {
    template <class Where>
    struct Indices {
        static_assert(detail::never<Where>, "strata: take is given indices as an expression of whole numbers; for one row write slice<0, 3, 4>(x), or x[3] of a tensor");
    };
};

/// take<Axis>(table, indices): y[a, i, d] = table[a, indices[i], d], any number of axes for each of a, i and d; Axis is the first unless told.
/// Shape: [A..., V, D...], [I...] -> [A..., I..., D...]. Indices: int32 or int64, 0 to V - 1; any other takes NaN (0 of integers, false
/// of masks), reads nothing outside the table, and gets no gradient.   Gradient: sums of dy's rows in the order of the indices.
/// Cost: no kernel of its own where a map or fold reads it, but the table has to lie in memory.
template <int Axis = 0, Expression Table, Expression Indices>
constexpr auto take(const Table& table, const Indices& indices) {
    return detail::take<Axis>(detail::along<Take<Axis>, Axis>(detail::wrap(table)), detail::wrap(indices));
}
/// Refused: one index as a plain number.
template <int Axis = 0, Expression Table>
constexpr auto take(const Table&, std::integral auto) {
    return Refusal<IndexIsPlainNumber<Take<Axis>>::template Indices>{};
}

}  // namespace strata
