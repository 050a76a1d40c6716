// SPDX-License-Identifier: BSL-1.0
/// abs(x) = |x|.   Gradient: dy sign(x), 0 at 0.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/negate.hpp>
#include <strata/op/select.hpp>

namespace strata {

struct AbsOp : Elementwise<1> {
    static constexpr auto name = "abs";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::abs(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(select(x > 0.0, dy, select(x < 0.0, -dy, 0.0))); }
};
inline constexpr Function<AbsOp> abs{};

}  // namespace strata
