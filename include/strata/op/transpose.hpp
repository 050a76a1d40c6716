// SPDX-License-Identifier: BSL-1.0
/// transpose: axes in another order.   Gradient: the inverse permutation.
#pragma once

#include <strata/expr/move.hpp>

namespace strata {

template <int... P>
struct TransposeOp;

namespace detail {
/// The permutation that undoes P.
template <class I, int... P>
struct Inverse;
template <int... I, int... P>
struct Inverse<std::integer_sequence<int, I...>, P...> {
    static constexpr int place(int axis) {
        const int order[] = {P..., 0};  // one more, since an array cannot be empty
        for (int i = 0; i < static_cast<int>(sizeof...(P)); ++i)
            if (order[i] == axis) return i;
        return 0;
    }
    using type = TransposeOp<place(I)...>;
};
}  // namespace detail

/// TransposeOp<2, 0, 1>: axis i of the result is axis P[i] of x.   Attributes: [1...] the permutation.
template <int... P>
struct TransposeOp : Movement<Move::transpose> {
    static constexpr auto name = "transpose";
    static constexpr Fit fit(const Dims& x) {
        const int order[] = {P..., 0};
        if (x.rank != static_cast<int>(sizeof...(P))) return Fit::misfit(sizeof...(P), x.rank);
        // Each axis once: the first that no place names, and what stands in its place.
        for (int axis = 0; axis < x.rank; ++axis) {
            bool named = false;
            for (int i = 0; i < x.rank; ++i) named = named || order[i] == axis;
            if (!named) return Fit{Dims{}, false, axis, order[axis]};
        }
        Fit fit{x};
        for (int i = 0; i < x.rank; ++i) fit.dims.extent[i] = x.extent[order[i]];
        return fit;
    }
    static constexpr Attributes attributes(const Dims&) {
        const int order[] = {P..., 0};
        Attributes a{};
        a.value[0] = static_cast<int>(Move::transpose);
        for (int i = 0; i < static_cast<int>(sizeof...(P)); ++i) a.value[1 + i] = order[i];
        return a;
    }
    using Back = typename detail::Inverse<std::make_integer_sequence<int, sizeof...(P)>, P...>::type;
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto /*x*/) {
        return gradients(strata::apply<Back>(dy));
    }
};
namespace detail {
/// What transpose<P...> does to an X: negative axes count from the end, no axes are all of them from the last to the first.
template <class X, int... P>
struct TransposeOf {
    using type = TransposeOp<(P < 0 ? P + static_cast<int>(sizeof...(P)) : P)...>;
};
template <class I>
struct Reversal;
template <int... I>
struct Reversal<std::integer_sequence<int, I...>> {
    using type = TransposeOp<(static_cast<int>(sizeof...(I)) - 1 - I)...>;
};
template <class X>
    requires requires { X::Shape::rank; }
struct TransposeOf<X> : Reversal<std::make_integer_sequence<int, X::Shape::rank>> {};
}  // namespace detail

/// transpose<2, 0, 1>(x): axis i of the result is axis P[i] of x; negative ones count from the end. transpose(x) reverses all axes, as NumPy's does.
template <int... P, Expression X>
constexpr auto transpose(const X& x) {
    return apply<typename detail::TransposeOf<decltype(detail::wrap(x)), P...>::type>(detail::wrap(x));
}

}  // namespace strata
