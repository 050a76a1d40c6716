// SPDX-License-Identifier: BSL-1.0
/// The closed set of node kinds. Ops are open: a functor put into a kind. Passes, plans and kernels know kinds only.
#pragma once

#include <cstdint>

#include <strata/core/shape.hpp>

namespace strata {

enum class Kind : std::uint8_t {
    leaf,         ///< an array that exists outside the graph: input, parameter, state
    constant,     ///< a number known while compiling
    index,        ///< the position along an axis, as an integer
    random,       ///< uniform numbers by position
    map,          ///< element by element, with broadcasting
    reduce,       ///< over axes, which stay with extent 1
    contract,     ///< matrix product, batched, either operand transposed
    convolution,  ///< contract whose operand is read through a window
    window,       ///< pooling
    gather,       ///< rows chosen by an integer operand
    scatter,      ///< the transpose of gather, in a fixed order
    move,         ///< the same elements elsewhere: reshape, transpose, broadcast, slice, pad
    pack,         ///< parts side by side in one flat block
};

/// Which move a node of that kind makes.
enum class Move : std::uint8_t { reshape, transpose, broadcast, slice, pad };
/// Which fold a reduction (or a pooling window) makes.
enum class Fold : std::uint8_t { sum, max, min, argmax, mean };
/// The role of a convolution: the product itself, or one of its two gradients.
enum class Convolve : std::uint8_t { forward, data, weight };

/// Small integers that a kind needs beside its operands: axes, strides, offsets.
struct Attributes {
    int value[10] = {};
    friend constexpr bool operator==(const Attributes& a, const Attributes& b) {
        for (int i = 0; i < 10; ++i)
            if (a.value[i] != b.value[i]) return false;
        return true;
    }
};

/// What a shape rule returns: the shape of the result, or the two numbers that do not fit.
struct Fit {
    Dims dims{};
    bool ok = true;
    int wanted = 0;
    int given = 0;

    /// The numbers as their capacities, unless a bounded batch and an exact extent of as many are what differs.
    static constexpr Fit misfit(int wanted, int given) {
        const bool differ = capacity(wanted) != capacity(given);
        return Fit{Dims{}, false, differ ? capacity(wanted) : wanted, differ ? capacity(given) : given};
    }
};

namespace detail {
/// Numpy's rule: align at the last axis; extents are equal or one of them is 1. A bounded batch stays first, or the ranks do not fit.
constexpr Fit broadcast(const Dims& a, const Dims& b) {
    Fit fit;
    fit.dims.rank = a.rank > b.rank ? a.rank : b.rank;
    for (int i = 1; i <= fit.dims.rank; ++i) {
        const int ea = i <= a.rank ? a.extent[a.rank - i] : 1, eb = i <= b.rank ? b.extent[b.rank - i] : 1;
        if (ea != eb && ea != 1 && eb != 1) return Fit::misfit(ea, eb);
        fit.dims.extent[fit.dims.rank - i] = ea == 1 ? eb : ea;
    }
    if ((a.bounded() || b.bounded()) && !fit.dims.bounded()) return Fit::misfit(a.rank, b.rank);  // a bounded batch is the first axis
    return fit;
}
}  // namespace detail
}  // namespace strata
