// SPDX-License-Identifier: BSL-1.0
/// add(a, b) = a + b, with broadcasting.   Gradient: dy for both.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

struct AddOp : Elementwise<2> {
    static constexpr auto name = "add";
    static constexpr bool commutative = true;
    static constexpr double unit = 0;
    static constexpr bool adds = true;  ///< a + b and no more, so that a kernel may leave it to what adds by itself
    template <class T>
    STRATA_HD static constexpr T apply(T a, T b) {
        return a + b;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto /*a*/, Expression auto /*b*/) {
        return gradients(dy, dy);
    }
};
inline constexpr Function<AddOp> add{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator+(const A& a, const B& b) {
    return add(a, b);
}
/// Refused: a std::vector, or another range, beside an expression.
template <class A, class B>
    requires detail::RangeBesideExpression<A, B>
constexpr auto operator+(const A&, const B&) {
    return detail::range_for_operand<AddOp>;
}
/// +x is x.
template <Expression A>
constexpr auto operator+(const A& a) {
    return detail::wrap(a);
}

}  // namespace strata
