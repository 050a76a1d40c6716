// SPDX-License-Identifier: BSL-1.0
/// rsqrt(x) = 1 / sqrt(x).   Gradient: -dy y^3 / 2.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/multiply.hpp>

namespace strata {

struct RsqrtOp : Elementwise<1> {
    static constexpr auto name = "rsqrt";
    static constexpr bool floating = true;
    static constexpr int cost = 6;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::rsqrt(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto /*x*/) { return gradients(dy * -0.5 * (y * y * y)); }
};
inline constexpr Function<RsqrtOp> rsqrt{};

}  // namespace strata
