// SPDX-License-Identifier: BSL-1.0
/// relu(x) = max(x, 0), element by element.   Source: Nair & Hinton, 2010.
/// Gradient: dy where y > 0, else 0 (by y, so that x need not be kept; at 0 it is 0, as in PyTorch).
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/select.hpp>

namespace strata {

struct ReluOp : Elementwise<1> {
    static constexpr auto name = "relu";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::max(x, T(0));
    }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto /*x*/) { return gradients(select(y > 0.0, dy, 0.0)); }
};
inline constexpr Function<ReluOp> relu{};

}  // namespace strata
