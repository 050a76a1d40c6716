// SPDX-License-Identifier: BSL-1.0
/// conv2d(x, w): cross-correlation over the last two axes.
/// Shapes: x [batch, C, H, W], w [F, C / groups, KH, KW] -> [batch, F, OH, OW], OH = (H + 2 pad - dilation (KH - 1) - 1) / stride + 1.
#pragma once

#include <strata/expr/convolution.hpp>

namespace strata {

/// The gradient by x: dy read through the transposed window.
template <class S>
struct Conv2dDataOp : ConvolutionBase<Convolve::data, S> {
    static constexpr auto name = "conv2d_data";
    static constexpr Fit fit(const Dims&, const Dims&, const Dims& like) { return Fit{like}; }
};
/// The gradient by w: x, read through the window, times dy.
template <class S>
struct Conv2dWeightOp : ConvolutionBase<Convolve::weight, S> {
    static constexpr auto name = "conv2d_weight";
    static constexpr Fit fit(const Dims&, const Dims&, const Dims& like) { return Fit{like}; }
};
template <class S>
struct Conv2dOp : ConvolutionBase<Convolve::forward, S> {
    static constexpr auto name = "conv2d";
    static constexpr Fit fit(const Dims& x, const Dims& w) {
        if (x.rank != 4) return Fit::misfit(4, x.rank);
        if (w.rank != 4) return Fit::misfit(4, w.rank);
        if (!S::fit().ok) return S::fit();
        if (x.extent[1] != w.extent[1] * S::groups) return Fit::misfit(w.extent[1] * S::groups, x.extent[1]);
        if (w.extent[0] % S::groups != 0) return Fit::misfit((w.extent[0] / S::groups + 1) * S::groups, w.extent[0]);
        Fit fit{Dims{4, {x.extent[0], w.extent[0]}}};
        for (int i = 0; i < 2; ++i) {
            const int covered = S::dilation[i] * (w.extent[2 + i] - 1) + 1, there = x.extent[2 + i] + 2 * S::pad[i];
            if (covered > there) return Fit::misfit(covered, there);
            fit.dims.extent[2 + i] = S::places(i, x.extent[2 + i], w.extent[2 + i]);
        }
        return fit;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x, Expression auto w) {
        return gradients(strata::apply<Conv2dDataOp<S>>(dy, w, x), strata::apply<Conv2dWeightOp<S>>(x, dy, w));
    }
};

template <class S = Sliding<>, Expression X, Expression W>
constexpr auto conv2d(const X& x, const W& w) {
    if constexpr (Slides<S>)
        return apply<Conv2dOp<S>>(detail::wrap(x), detail::wrap(w));
    else
        return Refusal<NotASliding<Conv2dOp<S>>::template Window>{};
}

}  // namespace strata
