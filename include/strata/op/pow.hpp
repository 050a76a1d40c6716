// SPDX-License-Identifier: BSL-1.0
/// pow(a, b) = a^b, with broadcasting.   Gradient: dy b a^(b-1), 0 where b is 0; dy y log(a), 0 where a is 0: both as in PyTorch.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/log.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

struct PowOp : Elementwise<2> {
    static constexpr auto name = "pow";
    static constexpr bool floating = true;
    static constexpr int cost = 24;
    template <class T>
    STRATA_HD static constexpr T apply(T a, T b) {
        return math::pow(a, b);
    }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto a, Expression auto b) {
        // At a = 0 and b = 0 the plain formula is 0 inf.
        return gradients(dy * b * strata::apply<PowOp>(a, detail::wrap(select(b == 0.0, 1.0, b) - 1.0)), dy * y * select(a > 0.0, log(select(a > 0.0, a, 1.0)), 0.0));
    }
};
inline constexpr Function<PowOp> pow{};

}  // namespace strata
