// SPDX-License-Identifier: BSL-1.0
/// argmax over the last axis: the place of the first maximum, int32.   Gradient: none.
#pragma once

#include <strata/op/sum.hpp>

namespace strata {

struct ArgmaxOp : Reduction<Axes<-1>, Fold::argmax> {
    static constexpr auto name = "argmax";
    using Result = std::int32_t;
    static constexpr auto backward(Expression auto, Expression auto, Expression auto) { return gradients(none); }
};

/// argmax(x): [..., n] -> [...].
template <Expression X>
constexpr auto argmax(const X& x) {
    return detail::drop_axes(apply<ArgmaxOp>(detail::wrap(x)), axes<-1>, detail::ShapeOf<X>{});
}

}  // namespace strata
