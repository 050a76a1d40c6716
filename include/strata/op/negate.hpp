// SPDX-License-Identifier: BSL-1.0
/// negate(x) = -x.   Gradient: -dy.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

struct NegateOp : Elementwise<1> {
    static constexpr auto name = "negate";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return -x;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto /*x*/) { return gradients(-dy); }
};
inline constexpr Function<NegateOp> negate{};

template <Expression A>
constexpr auto operator-(const A& a) {
    return negate(a);
}

}  // namespace strata
