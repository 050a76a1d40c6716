// SPDX-License-Identifier: BSL-1.0
/// exp(x).   Gradient: dy y.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/multiply.hpp>

namespace strata {

struct ExpOp : Elementwise<1> {
    static constexpr auto name = "exp";
    static constexpr bool floating = true;
    static constexpr int cost = 12;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::exp(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto /*x*/) { return gradients(dy * y); }
};
inline constexpr Function<ExpOp> exp{};

}  // namespace strata
