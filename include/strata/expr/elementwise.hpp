// SPDX-License-Identifier: BSL-1.0
/// The map kind: ops on elements, with numpy's broadcasting.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// Base of element-by-element ops of N operands. Facts that passes may use; an op overrides what differs.
template <int N>
struct Elementwise {
    static constexpr Kind kind = Kind::map;
    static constexpr int arity = N;
    static constexpr bool commutative = false;
    /// How many of the first operands are masks, as select's; the others are numbers of one type.
    static constexpr int masks = 0;
    /// Whether those numbers have to be floating.
    static constexpr bool floating = false;
    /// Roughly the instructions an element takes; at 8 or more a value is kept rather than computed again.
    static constexpr int cost = 1;

    template <class... D>
    static constexpr Fit fit(const D&... dims) {
        Fit fit;
        ((fit = fit.ok ? detail::broadcast(fit.dims, dims) : fit), ...);
        return fit;
    }
    template <class... D>
    static constexpr Attributes attributes(const D&...) {
        return {};
    }
};

}  // namespace strata
