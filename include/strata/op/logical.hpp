// SPDX-License-Identifier: BSL-1.0
/// Logic on masks, with broadcasting.   Gradient: none.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

struct LogicalAndOp : Elementwise<2> {
    static constexpr auto name = "logical_and";
    static constexpr int masks = 2;
    static constexpr bool commutative = true;
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr T apply(T a, T b) {
        return math::logical_and(a, b);
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto, Expression auto) { return gradients(none, none); }
};
inline constexpr Function<LogicalAndOp> logical_and{};
/// Both sides are computed.
template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator&&(const A& a, const B& b) {
    return logical_and(a, b);
}

struct LogicalOrOp : Elementwise<2> {
    static constexpr auto name = "logical_or";
    static constexpr int masks = 2;
    static constexpr bool commutative = true;
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr T apply(T a, T b) {
        return math::logical_or(a, b);
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto, Expression auto) { return gradients(none, none); }
};
inline constexpr Function<LogicalOrOp> logical_or{};
/// Both sides are computed.
template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator||(const A& a, const B& b) {
    return logical_or(a, b);
}

struct LogicalNotOp : Elementwise<1> {
    static constexpr auto name = "logical_not";
    static constexpr int masks = 1;
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr T apply(T a) {
        return math::logical_not(a);
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto) { return gradients(none); }
};
inline constexpr Function<LogicalNotOp> logical_not{};
template <Expression A>
constexpr auto operator!(const A& a) {
    return logical_not(a);
}

}  // namespace strata
