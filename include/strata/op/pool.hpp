// SPDX-License-Identifier: BSL-1.0
/// Pooling over windows.   Shapes: [batch, C, H, W] -> [batch, C, OH, OW].   Padding counts as -inf (max) or 0 (mean, counted as in PyTorch's default).
#pragma once

#include <strata/expr/window.hpp>

namespace strata {

/// The gradient of max pooling: dy to the first maximum of each window.
template <int KY, int KX, class S>
struct MaxPoolGradientOp : WindowBase<Fold::max, true, KY, KX, S> {
    static constexpr auto name = "max_pool_gradient";
    static constexpr int arity = 3;
    static constexpr Fit fit(const Dims& x, const Dims&, const Dims&) { return Fit{x}; }
};
template <int KY, int KX, class S>
struct MaxPoolOp : WindowBase<Fold::max, false, KY, KX, S> {
    static constexpr auto name = "max_pool";
    static constexpr int arity = 1;
    static constexpr Fit fit(const Dims& x) { return MaxPoolOp::pooled(x); }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto x) {
        return gradients(strata::apply<MaxPoolGradientOp<KY, KX, S>>(x, y, dy));
    }
};
/// The gradient of window means: each dy, shared equally, to every element of its window.
template <int KY, int KX, class S>
struct AveragePoolGradientOp : WindowBase<Fold::mean, true, KY, KX, S> {
    static constexpr auto name = "average_pool_gradient";
    static constexpr int arity = 1;
    static constexpr Fit fit(const Dims&, const Dims& like) { return Fit{like}; }
};
template <int KY, int KX, class S>
struct AveragePoolOp : WindowBase<Fold::mean, false, KY, KX, S> {
    static constexpr auto name = "average_pool";
    static constexpr int arity = 1;
    static constexpr Fit fit(const Dims& x) { return AveragePoolOp::pooled(x); }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) {
        return gradients(strata::apply<AveragePoolGradientOp<KY, KX, S>>(dy, x));
    }
};

namespace detail {
template <class Op, class S, class X>
constexpr auto pool(const X& x) {
    if constexpr (Slides<S>)
        return apply<Op>(wrap(x));
    else
        return Refusal<NotASliding<Op>::template Window>{};
}
}  // namespace detail

/// max_pool2d<KY, KX, Sliding<...>>(x); the stride is the window unless told.
template <int KY, int KX = KY, class S = Sliding<KY, KX>, Expression X>
constexpr auto max_pool2d(const X& x) {
    return detail::pool<MaxPoolOp<KY, KX, S>, S>(x);
}
/// avg_pool2d<KY, KX, Sliding<...>>(x): the mean of each window.
template <int KY, int KX = KY, class S = Sliding<KY, KX>, Expression X>
constexpr auto avg_pool2d(const X& x) {
    return detail::pool<AveragePoolOp<KY, KX, S>, S>(x);
}

}  // namespace strata
