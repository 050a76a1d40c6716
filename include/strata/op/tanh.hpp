// SPDX-License-Identifier: BSL-1.0
/// tanh(x).   Gradient: dy (1 - y^2), by y so that x need not be kept.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

struct TanhOp : Elementwise<1> {
    static constexpr auto name = "tanh";
    static constexpr bool floating = true;
    static constexpr int cost = 20;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::tanh(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto /*x*/) { return gradients(dy * (1.0 - y * y)); }
};
inline constexpr Function<TanhOp> tanh{};

}  // namespace strata
