// SPDX-License-Identifier: BSL-1.0
/// Maximum over axes.   Gradient: dy to the places that hold it, shared equally among equal ones, as in PyTorch's amax.
#pragma once

#include <strata/op/cast.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>
#include <strata/op/sum.hpp>

namespace strata {

template <class A>
struct MaxOp : Reduction<A, Fold::max> {
    static constexpr auto name = "max";
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto x) {
        const auto here = select(x == y, 1.0, 0.0);
        return gradients(here * (dy / strata::apply<SumOp<A>>(here)));
    }
};

/// max_keep(x, axes<...>): the folded axes stay with extent 1.
template <Expression X, int... A>
constexpr auto max_keep(const X& x, Axes<A...> over) {
    return apply<MaxOp<Axes<A...>>>(detail::foldable<MaxOp<Axes<A...>>>(detail::wrap(x), over));
}
/// max(x, axes<...>): over axes, which go away; without axes over all.
template <Expression X, int... A>
constexpr auto max(const X& x, Axes<A...> over) {
    return detail::drop_axes(max_keep(x, over), over, detail::ShapeOf<X>{});
}
/// Refused: an axis as a plain number.
template <Expression X>
constexpr auto max(const X&, std::integral auto) {
    return detail::axis_is_plain_number<MaxOp<Axes<>>>;
}
template <Expression X>
constexpr auto max(const X& x) {
    return max(x, axes<>);
}

}  // namespace strata
