// SPDX-License-Identifier: BSL-1.0
/// select(mask, a, b) = a where mask, else b, with broadcasting.   Gradient: dy where chosen, else 0.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

struct SelectOp : Elementwise<3> {
    static constexpr auto name = "select";
    static constexpr int masks = 1;
    template <class M, class T>
    STRATA_HD static constexpr T apply(M mask, T a, T b) {
        return math::where(mask, a, b);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto mask, Expression auto /*a*/, Expression auto /*b*/) {
        return gradients(none, strata::apply<SelectOp>(mask, dy, Constant{0}), strata::apply<SelectOp>(mask, Constant{0}, dy));
    }
};
inline constexpr Function<SelectOp> select{};

}  // namespace strata
