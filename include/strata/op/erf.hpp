// SPDX-License-Identifier: BSL-1.0
/// erf(x), the error function.   Gradient: dy 2/sqrt(pi) exp(-x^2).
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/negate.hpp>

namespace strata {

struct ErfOp : Elementwise<1> {
    static constexpr auto name = "erf";
    static constexpr bool floating = true;
    static constexpr int cost = 20;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::erf(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(dy * (1.1283791670955126 * exp(-(x * x)))); }
};
inline constexpr Function<ErfOp> erf{};

}  // namespace strata
