// SPDX-License-Identifier: BSL-1.0
/// argmax over axes: the place of the first maximum, or of the first NaN where there is one, as in NumPy, int32; over several, that in the row-major order of their elements.   Gradient: none.
#pragma once

#include <strata/op/cast.hpp>
#include <strata/op/sum.hpp>
#include <strata/op/transpose.hpp>

namespace strata {

template <class A>
struct ArgmaxOp : Reduction<A, Fold::argmax> {
    static constexpr auto name = "argmax";
    using Result = std::int32_t;
    static constexpr auto backward(Expression auto, Expression auto, Expression auto) { return gradients(none); }
};

namespace detail {
/// A shape whose axes in A become one: where the first of them is if they lie side by side, else behind the others.
template <class S, class A>
struct AxesJoined {
    static constexpr Dims dims = S::dims();
    static constexpr bool folded(int axis) { return A::mask(dims.rank) >> axis & 1u; }
    struct Facts {
        int order[max_rank] = {};  ///< of the axes, the joined ones together
        int axis = 0, count = 0;
        bool side_by_side = true;
        Fit joined{}, kept{};
    };
    static constexpr Facts facts = [] {
        Facts f;
        int last = -1, place = 0;
        for (int i = 0; i < dims.rank; ++i)
            if (folded(i)) {
                f.side_by_side = f.side_by_side && (last < 0 || last == i - 1);
                if (f.count++ == 0) f.axis = i;
                last = i;
            }
        if (!f.side_by_side) f.axis = dims.rank - f.count;
        for (const bool taken : {false, true})
            for (int i = 0; i < dims.rank; ++i)
                if (f.side_by_side ? taken : folded(i) == taken) f.order[place++] = i;
        f.joined.dims.rank = dims.rank - f.count + 1;
        for (int i = 0; i < f.joined.dims.rank; ++i) f.joined.dims.extent[i] = i == f.axis ? 1 : dims.extent[f.order[i < f.axis ? i : i + f.count - 1]];
        for (int i = f.axis; i < f.axis + f.count; ++i) f.joined.dims.extent[f.axis] *= dims.extent[f.order[i]];
        f.kept.dims = dims;
        for (int i = 0; i < dims.rank; ++i)
            if (folded(i)) f.kept.dims.extent[i] = 1;
        return f;
    }();
    template <bool Kept>
    struct Of {
        static constexpr Fit value = Kept ? facts.kept : facts.joined;
        using type = typename FitShape<Of, std::make_integer_sequence<int, value.dims.rank>>::type;
    };
    template <int... I, class E>
    static constexpr auto ordered(const E& x, std::integer_sequence<int, I...>) {
        if constexpr (facts.side_by_side)
            return x;
        else
            return strata::apply<TransposeOp<facts.order[I]...>>(x);
    }
};
template <int... A, class E>
constexpr auto argmax_of(const E& x, [[maybe_unused]] Axes<A...> over) {
    if constexpr (is_misfit<E>) {
        return x;
    } else if constexpr (std::is_same_v<typename E::Type, bool>) {  // the first place where a mask holds
        return detail::argmax_of(cast<std::int32_t>(x), over);
    } else if constexpr (std::is_same_v<typename E::Shape, Any>) {
        return strata::apply<ArgmaxOp<Axes<A...>>>(x);
    } else {
        using J = AxesJoined<typename E::Shape, Axes<A...>>;
        if constexpr (J::facts.count <= 1)
            return strata::apply<ArgmaxOp<Axes<A...>>>(x);
        else if constexpr (J::dims.bounded() && J::folded(0))
            return Refusal<BatchStaysWhole<ArgmaxOp<Axes<A...>>>::template Along>{};
        else
            return reshape<typename J::template Of<true>::type>(strata::apply<ArgmaxOp<Axes<J::facts.axis>>>(
                reshape<typename J::template Of<false>::type>(J::ordered(x, std::make_integer_sequence<int, J::dims.rank>{}))));
    }
}
}  // namespace detail

/// argmax_keep(x, axes<...>): the folded axes stay with extent 1.
template <Expression X, int... A>
constexpr auto argmax_keep(const X& x, Axes<A...> over) {
    return detail::argmax_of(detail::foldable<ArgmaxOp<Axes<A...>>>(detail::wrap(x), over), over);
}
/// argmax(x, axes<...>): over axes, which go away, over all for axes<>; without axes over the last: [..., n] -> [...].
/// Place of x[i, j, k] over axes<0, 2>: i K + k, whatever the order in which the axes are named.   Cost: over several, x is in memory first.
template <Expression X, int... A>
constexpr auto argmax(const X& x, Axes<A...> over) {
    return detail::drop_axes(argmax_keep(x, over), over, detail::ShapeOf<X>{});
}
/// Refused: an axis as a plain number.
template <Expression X>
constexpr auto argmax(const X&, std::integral auto) {
    return detail::axis_is_plain_number<ArgmaxOp<Axes<>>>;
}
template <Expression X>
constexpr auto argmax(const X& x) {
    return argmax(x, axes<-1>);
}

}  // namespace strata
