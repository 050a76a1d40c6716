// SPDX-License-Identifier: BSL-1.0
/// The convolution kind: products whose operand is read through a sliding window, and their two gradients.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// How a window slides over two axes.
template <int StrideY = 1, int StrideX = StrideY, int PadY = 0, int PadX = PadY, int DilationY = 1, int DilationX = DilationY, int Groups = 1>
struct Sliding {
    static constexpr int stride[2] = {StrideY, StrideX}, pad[2] = {PadY, PadX}, dilation[2] = {DilationY, DilationX};
    static constexpr int groups = Groups;
    /// Strides, dilations and groups are at least 1, padding at least 0; the first that is not.
    static constexpr Fit fit() {
        for (const int n : {StrideY, StrideX, DilationY, DilationX, Groups})
            if (n < 1) return Fit{Dims{}, false, 1, n};
        for (const int n : {PadY, PadX})
            if (n < 0) return Fit{Dims{}, false, 0, n};
        return {};
    }
    /// Places of a window of k elements on n.
    static constexpr int places(int axis, int n, int k) { return (n + 2 * pad[axis] - dilation[axis] * (k - 1) - 1) / stride[axis] + 1; }
};

/// S says how a window slides, as a Sliding does.
template <class S>
concept Slides = requires {
    S::stride[0];
    S::pad[0];
    S::places(0, 1, 1);
    S::fit().ok;
};
/// Op is given another type, or an initialiser, where its Sliding belongs.
template <class Op>
struct NotASliding {
    template <class Where>
    struct Window {
        static_assert(detail::never<Where>, "strata: how a window slides is told by a Sliding; write conv2d<Sliding<2>>(x, w) for a stride of 2, Conv2d<8, 3, Sliding<1, 1, 1>> for a padding of 1");
    };
};

/// Base of the three.   Attributes: [0] role, [1, 2] stride, [3, 4] padding, [5, 6] dilation, [7] groups.
template <Convolve Role, class S>
struct ConvolutionBase {
    static constexpr Kind kind = Kind::convolution;
    static constexpr int arity = 2;
    static constexpr bool commutative = false;
    static constexpr int cost = 1;
    template <class... D>
    static constexpr Attributes attributes(const D&...) {
        return {{static_cast<int>(Role), S::stride[0], S::stride[1], S::pad[0], S::pad[1], S::dilation[0], S::dilation[1], S::groups}};
    }
};

}  // namespace strata
