// SPDX-License-Identifier: BSL-1.0
/// reshape: the same elements, in row-major order, under another shape.   Gradient: the inverse reshape.
#pragma once

#include <strata/expr/move.hpp>

namespace strata {

/// The target is the shape of a second operand, used in derivatives.
struct ReshapeLikeOp : MovementLike<Move::reshape> {
    static constexpr auto name = "reshape";
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(strata::apply<ReshapeLikeOp>(dy, x)); }
};

template <int... D>
struct ReshapeOp : Movement<Move::reshape> {
    static constexpr auto name = "reshape";
    static constexpr Fit fit(const Dims& x) {
        const Dims target{sizeof...(D), {D...}};
        for (int i = 0; i < target.rank; ++i)  // only a bounded batch stays one
            if (target.extent[i] < 1 && !(i == 0 && x.bounded() && target.bounded())) return Fit{Dims{}, false, 1, target.extent[i]};
        if (target.size() != x.size()) return Fit::misfit(static_cast<int>(x.size()), static_cast<int>(target.size()));
        return Fit{target};
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(strata::apply<ReshapeLikeOp>(dy, x)); }
};

/// x with an axis of extent 1 as the result's axis Axis; a negative one counts from the result's end.
template <int Axis>
struct InsertAxisOp : Movement<Move::reshape> {
    static constexpr auto name = "reshape";
    static constexpr Fit fit(const Dims& x) {
        const int axis = Axis < 0 ? Axis + x.rank + 1 : Axis;
        if (axis < 0 || axis > x.rank) return Fit::misfit((Axis < 0 ? -Axis : Axis + 1), x.rank + 1);
        if (x.bounded() && axis == 0) return Fit::misfit(1, 0);  // a batch comes first
        if (x.rank == max_rank) return Fit::misfit(max_rank, max_rank + 1);
        Fit fit{Dims{x.rank + 1, {}}};
        for (int i = 0; i <= x.rank; ++i) fit.dims.extent[i] = i < axis ? x.extent[i] : i == axis ? 1 : x.extent[i - 1];
        return fit;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(strata::apply<ReshapeLikeOp>(dy, x)); }
};

/// reshape<Shape<...>>(x).   Shape: as given; the number of elements must be the same.
template <class S, Expression X>
constexpr auto reshape(const X& x) {
    return []<int... D>(Shape<D...>, const auto& e) { return apply<ReshapeOp<D...>>(e); }(S{}, detail::wrap(x));
}

namespace detail {
template <bool Bounded, int... D>
constexpr int flat_extent() {
    constexpr long n = (1L * ... * long{capacity(D)});
    return static_cast<int>(Bounded ? -n : n);
}
template <class E>
constexpr auto append_axis(const E& e) {
    if constexpr (is_misfit<E>)
        return e;
    else
        return []<int... D>(Shape<D...>, const E& x) { return apply<ReshapeOp<D..., 1>>(x); }(typename E::Shape{}, e);
}
template <class E>
constexpr auto flatten(const E& e) {
    if constexpr (is_misfit<E>)
        return e;
    else
        return []<int B, int... D>(Shape<B, D...>, const E& x) { return apply<ReshapeOp<B, (1 * ... * D)>>(x); }(typename E::Shape{}, e);
}
}  // namespace detail

/// append_axis(x): [...] -> [..., 1].
template <Expression X>
constexpr auto append_axis(const X& x) {
    return detail::append_axis(detail::wrap(x));
}
/// flatten(x): [batch, ...] -> [batch, product of the rest].
template <Expression X>
constexpr auto flatten(const X& x) {
    return detail::flatten(detail::wrap(x));
}

/// insert_axis<Axis>(x): an axis of extent 1 more, in front of what was axis Axis; -1: behind the last.
template <int Axis, Expression X>
constexpr auto insert_axis(const X& x) {
    return apply<InsertAxisOp<Axis>>(detail::wrap(x));
}

}  // namespace strata
