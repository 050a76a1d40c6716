// SPDX-License-Identifier: BSL-1.0
/// argmax over an axis: the place of the first maximum, int32.   Gradient: none.
#pragma once

#include <strata/op/sum.hpp>

namespace strata {

template <class A>
struct ArgmaxOp : Reduction<A, Fold::argmax> {
    static constexpr auto name = "argmax";
    using Result = std::int32_t;
    static constexpr auto backward(Expression auto, Expression auto, Expression auto) { return gradients(none); }
};

/// argmax_keep(x, axis<A>): the axis stays with extent 1.
template <Expression X, int A>
constexpr auto argmax_keep(const X& x, Axes<A>) {
    return apply<ArgmaxOp<Axes<A>>>(detail::wrap(x));
}
/// argmax(x, axis<A>): over the axis, which goes away; without one over the last: [..., n] -> [...].
template <Expression X, int A>
constexpr auto argmax(const X& x, Axes<A> over) {
    return detail::drop_axes(argmax_keep(x, over), over, detail::ShapeOf<X>{});
}
template <Expression X>
constexpr auto argmax(const X& x) {
    return argmax(x, axes<-1>);
}

}  // namespace strata
