// SPDX-License-Identifier: BSL-1.0
/// Minimum over axes.   Gradient: dy to the places that hold it, shared equally among equal ones, as in PyTorch's amin.
#pragma once

#include <strata/op/cast.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>
#include <strata/op/sum.hpp>

namespace strata {

template <class A>
struct MinOp : Reduction<A, Fold::min> {
    static constexpr auto name = "min";
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto x) {
        const auto here = select(x == y, 1.0, 0.0);
        return gradients(here * (dy / strata::apply<SumOp<A>>(here)));
    }
};

/// min_keep(x, axes<...>): the folded axes stay with extent 1.
template <Expression X, int... A>
constexpr auto min_keep(const X& x, Axes<A...> over) {
    return apply<MinOp<Axes<A...>>>(detail::foldable<MinOp<Axes<A...>>>(detail::wrap(x), over));
}
/// min(x, axes<...>): over axes, which go away; without axes over all.
template <Expression X, int... A>
constexpr auto min(const X& x, Axes<A...> over) {
    return detail::drop_axes(min_keep(x, over), over, detail::ShapeOf<X>{});
}
/// Refused: an axis as a plain number.
template <Expression X>
constexpr auto min(const X&, std::integral auto) {
    return detail::axis_is_plain_number<MinOp<Axes<>>>;
}
template <Expression X>
constexpr auto min(const X& x) {
    return min(x, axes<>);
}

}  // namespace strata
