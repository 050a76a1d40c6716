// SPDX-License-Identifier: BSL-1.0
/// maximum(a, b), with broadcasting.   Gradient: dy to the larger; half to each where they are equal, as in PyTorch.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>

namespace strata {

struct MaximumOp : Elementwise<2> {
    static constexpr auto name = "maximum";
    static constexpr bool commutative = true;
    template <class T>
    STRATA_HD static constexpr T apply(T a, T b) {
        return math::where(b == b, math::max(a, b), b);  // NaN in either comes through
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto a, Expression auto b) {
        return gradients(select(a > b, dy, select(a == b, dy * 0.5, 0.0)), select(b > a, dy, select(a == b, dy * 0.5, 0.0)));
    }
};
inline constexpr Function<MaximumOp> maximum{};

}  // namespace strata
