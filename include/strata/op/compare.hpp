// SPDX-License-Identifier: BSL-1.0
/// Comparisons: element by element, with broadcasting; the result is a mask (bool).   Gradient: none.
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

struct LessOp : Elementwise<2> {
    static constexpr auto name = "less";
    static constexpr bool ordered = true;
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr auto apply(T a, T b) {
        return a < b;
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto, Expression auto) { return gradients(none, none); }
};
inline constexpr Function<LessOp> less{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator<(const A& a, const B& b) {
    return less(a, b);
}

struct LessEqualOp : Elementwise<2> {
    static constexpr auto name = "less_equal";
    static constexpr bool ordered = true;
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr auto apply(T a, T b) {
        return a <= b;
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto, Expression auto) { return gradients(none, none); }
};
inline constexpr Function<LessEqualOp> less_equal{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator<=(const A& a, const B& b) {
    return less_equal(a, b);
}

struct GreaterOp : Elementwise<2> {
    static constexpr auto name = "greater";
    static constexpr bool ordered = true;
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr auto apply(T a, T b) {
        return a > b;
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto, Expression auto) { return gradients(none, none); }
};
inline constexpr Function<GreaterOp> greater{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator>(const A& a, const B& b) {
    return greater(a, b);
}

struct GreaterEqualOp : Elementwise<2> {
    static constexpr auto name = "greater_equal";
    static constexpr bool ordered = true;
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr auto apply(T a, T b) {
        return a >= b;
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto, Expression auto) { return gradients(none, none); }
};
inline constexpr Function<GreaterEqualOp> greater_equal{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator>=(const A& a, const B& b) {
    return greater_equal(a, b);
}

struct EqualOp : Elementwise<2> {
    static constexpr auto name = "equal";
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr auto apply(T a, T b) {
        return a == b;
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto, Expression auto) { return gradients(none, none); }
};
inline constexpr Function<EqualOp> equal{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator==(const A& a, const B& b) {
    return equal(a, b);
}

struct NotEqualOp : Elementwise<2> {
    static constexpr auto name = "not_equal";
    using Result = bool;
    template <class T>
    STRATA_HD static constexpr auto apply(T a, T b) {
        return a != b;
    }
    static constexpr auto backward(Expression auto, Expression auto, Expression auto, Expression auto) { return gradients(none, none); }
};
inline constexpr Function<NotEqualOp> not_equal{};

template <detail::Argument A, detail::Argument B>
    requires Expression<A> || Expression<B>
constexpr auto operator!=(const A& a, const B& b) {
    return not_equal(a, b);
}

}  // namespace strata
