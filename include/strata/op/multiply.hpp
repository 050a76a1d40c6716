// SPDX-License-Identifier: BSL-1.0
/// multiply(a, b) = a b, with broadcasting.   Gradient: dy b, dy a.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

struct MultiplyOp : Elementwise<2> {
    static constexpr auto name = "multiply";
    static constexpr bool commutative = true;
    static constexpr double unit = 1;
    template <class T>
    STRATA_HD static constexpr T apply(T a, T b) {
        return a * b;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto a, Expression auto b) {
        return gradients(dy * b, dy * a);
    }
};
inline constexpr Function<MultiplyOp> multiply{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator*(const A& a, const B& b) {
    return multiply(a, b);
}
/// Refused: a std::vector, or another range, beside an expression.
template <class A, class B>
    requires detail::RangeBesideExpression<A, B>
constexpr auto operator*(const A&, const B&) {
    return detail::range_for_operand<MultiplyOp>;
}

}  // namespace strata
