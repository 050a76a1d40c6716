// SPDX-License-Identifier: BSL-1.0
/// log(x), the natural logarithm.   Gradient: dy / x.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/divide.hpp>

namespace strata {

struct LogOp : Elementwise<1> {
    static constexpr auto name = "log";
    static constexpr bool floating = true;
    static constexpr int cost = 14;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::log(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(dy / x); }
};
inline constexpr Function<LogOp> log{};

}  // namespace strata
