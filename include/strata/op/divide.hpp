// SPDX-License-Identifier: BSL-1.0
/// divide(a, b) = a / b, with broadcasting; of integers towards zero, and x / 0 is 0.   Gradient: dy / b, -dy y / b.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/negate.hpp>

namespace strata {

struct DivideOp : Elementwise<2> {
    static constexpr auto name = "divide";
    static constexpr int cost = 4;
    template <class T>
    STRATA_HD static constexpr T apply(T a, T b) {
        return math::divide(a, b);
    }
    static constexpr auto backward(Expression auto dy, Expression auto y, Expression auto /*a*/, Expression auto b) {
        return gradients(dy / b, -(dy * y / b));
    }
};
inline constexpr Function<DivideOp> divide{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator/(const A& a, const B& b) {
    return divide(a, b);
}
/// Refused: a std::vector, or another range, beside an expression.
template <class A, class B>
    requires detail::RangeBesideExpression<A, B>
constexpr auto operator/(const A&, const B&) {
    return detail::range_for_operand<DivideOp>;
}

}  // namespace strata
