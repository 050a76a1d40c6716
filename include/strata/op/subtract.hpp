// SPDX-License-Identifier: BSL-1.0
/// subtract(a, b) = a - b, with broadcasting.   Gradient: dy, -dy.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/negate.hpp>

namespace strata {

struct SubtractOp : Elementwise<2> {
    static constexpr auto name = "subtract";
    template <class T>
    STRATA_HD static constexpr T apply(T a, T b) {
        return a - b;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto /*a*/, Expression auto /*b*/) {
        return gradients(dy, -dy);
    }
};
inline constexpr Function<SubtractOp> subtract{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator-(const A& a, const B& b) {
    return subtract(a, b);
}
/// Refused: a std::vector, or another range, beside an expression.
template <class A, class B>
    requires detail::RangeBesideExpression<A, B>
constexpr auto operator-(const A&, const B&) {
    return detail::range_for_operand<SubtractOp>;
}

}  // namespace strata
