// SPDX-License-Identifier: BSL-1.0
/// sigmoid(x) = 1 / (1 + exp(-x)).   Gradient: dy y (1 - y), by y so that x need not be kept.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

struct SigmoidOp : Elementwise<1> {
    static constexpr auto name = "sigmoid";
    static constexpr bool floating = true;
    static constexpr int cost = 16;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::sigmoid(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto /*x*/) { return gradients(dy * (y * (1.0 - y))); }
};
inline constexpr Function<SigmoidOp> sigmoid{};

}  // namespace strata
