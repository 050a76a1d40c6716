// SPDX-License-Identifier: BSL-1.0
/// square(x) = x^2.   Gradient: 2 dy x.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/multiply.hpp>

namespace strata {

struct SquareOp : Elementwise<1> {
    static constexpr auto name = "square";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return x * x;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(dy * 2.0 * x); }
};
inline constexpr Function<SquareOp> square{};

}  // namespace strata
