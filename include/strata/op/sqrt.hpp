// SPDX-License-Identifier: BSL-1.0
/// sqrt(x).   Gradient: dy / (2 y).
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/multiply.hpp>

namespace strata {

struct SqrtOp : Elementwise<1> {
    static constexpr auto name = "sqrt";
    static constexpr bool floating = true;
    static constexpr int cost = 4;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::sqrt(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto /*x*/) { return gradients(dy * 0.5 / y); }
};
inline constexpr Function<SqrtOp> sqrt{};

}  // namespace strata
