// SPDX-License-Identifier: BSL-1.0
/// The window kind: folds over sliding windows of the last two axes.
#pragma once

#include <strata/expr/convolution.hpp>

namespace strata {

/// Base of pooling and its gradient.   Attributes: [0] fold, [1] 1 for the gradient, [2, 3] window, [4, 5] stride, [6, 7] padding.
template <Fold F, bool Gradient, int KY, int KX, class S>
struct WindowBase {
    static constexpr Kind kind = Kind::window;
    static constexpr bool commutative = false;
    static constexpr int cost = KY * KX;
    template <class... D>
    static constexpr Attributes attributes(const D&...) {
        return {{static_cast<int>(F), Gradient, KY, KX, S::stride[0], S::stride[1], S::pad[0], S::pad[1]}};
    }
    static constexpr Fit pooled(const Dims& x) {
        if (x.rank != 4) return Fit::misfit(4, x.rank);
        if (!S::fit().ok) return S::fit();
        const int k[2] = {KY, KX};
        Fit fit{x};
        for (int i = 0; i < 2; ++i) {
            if (k[i] < 1) return Fit{Dims{}, false, 1, k[i]};
            if (k[i] > x.extent[2 + i] + 2 * S::pad[i]) return Fit::misfit(k[i], x.extent[2 + i] + 2 * S::pad[i]);
            fit.dims.extent[2 + i] = S::places(i, x.extent[2 + i], k[i]);
        }
        return fit;
    }
};

}  // namespace strata
