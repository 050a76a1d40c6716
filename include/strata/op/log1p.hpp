// SPDX-License-Identifier: BSL-1.0
/// log1p(x) = log(1 + x), exact near 0.   Gradient: dy / (1 + x).
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/add.hpp>
#include <strata/op/divide.hpp>

namespace strata {

struct Log1pOp : Elementwise<1> {
    static constexpr auto name = "log1p";
    static constexpr bool floating = true;
    static constexpr int cost = 20;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::log1p(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(dy / (1.0 + x)); }
};
inline constexpr Function<Log1pOp> log1p{};

}  // namespace strata
