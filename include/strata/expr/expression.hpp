// SPDX-License-Identifier: BSL-1.0
/// Expressions: small typed trees of ops over leaves. A tree holds no memory; its shape is in its type.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <strata/core/dtype.hpp>
#include <strata/core/shape.hpp>
#include <strata/expr/kind.hpp>

namespace strata {

/// Anything that ops accept: has a shape and an element type and turns into a tree through `expression()`.
template <class E>
concept Expression = requires { typename std::remove_cvref_t<E>::ExpressionTag; };

namespace detail {
/// The shape and type of a leaf that is known by its number in the graph only, as in derivatives (their shapes were checked forward).
struct Any {};
/// The element type of a number in an expression: whatever the other operands have.
struct Weak {};
}  // namespace detail

/// A leaf that stands for node `id` of the graph being traced.
template <class S, class T>
struct Ref {
    using ExpressionTag = void;
    using Shape = S;
    using Type = T;
    int id = -1;
};
using AnyRef = Ref<detail::Any, detail::Any>;

/// A number in an expression.
struct Constant {
    using ExpressionTag = void;
    using Shape = strata::Shape<>;
    using Type = detail::Weak;
    double value = 0;
};

namespace detail {
template <class... E>
struct Operands {};
template <class E, class... Rest>
struct Operands<E, Rest...> {
    E first;
    Operands<Rest...> rest;
};
constexpr Operands<> make_operands() { return {}; }
template <class E, class... Rest>
constexpr Operands<E, Rest...> make_operands(const E& e, const Rest&... rest) {
    return {e, make_operands(rest...)};
}
}  // namespace detail

/// Op put on operands.
template <class Op, class S, class T, class... E>
struct Apply {
    using ExpressionTag = void;
    using Shape = S;
    using Type = T;
    detail::Operands<E...> operands;
};

/// An operation whose operands do not fit. It travels upwards untouched; the surface (model, assignment) reports it once.
template <class Op, int Wanted, int Given, class... Shapes>
struct Misfit {
    using ExpressionTag = void;
    using Shape = detail::Any;
    using Type = detail::Any;
};

namespace detail {
template <class E>
inline constexpr bool is_misfit = false;
template <class Op, int W, int G, class... S>
inline constexpr bool is_misfit<Misfit<Op, W, G, S...>> = true;

/// Turns what users write into trees: numbers become constants, tensors and parameters give their leaf.
template <class X>
constexpr auto wrap(const X& x) {
    if constexpr (std::is_arithmetic_v<X>)
        return Constant{static_cast<double>(x)};
    else if constexpr (requires { x.expression(); })
        return x.expression();
    else
        return x;
}
template <class X>
using Wrapped = decltype(wrap(std::declval<const X&>()));

template <class X>
concept Argument = Expression<X> || std::is_arithmetic_v<std::remove_cvref_t<X>>;

constexpr void first_misfit() {}
template <class E, class... Rest>
constexpr auto first_misfit(const E& e, const Rest&... rest) {
    if constexpr (is_misfit<E>)
        return e;
    else
        return first_misfit(rest...);
}

template <class F, class I>
struct FitShape;
template <class F, int... I>
struct FitShape<F, std::integer_sequence<int, I...>> {
    using type = Shape<F::value.dims.extent[I]...>;
};
/// The shape rule of Op on shapes, evaluated once for each combination.
template <class Op, class... S>
struct FitOf {
    static constexpr Fit value = Op::fit(S::dims()...);
    using type = typename FitShape<FitOf, std::make_integer_sequence<int, value.ok ? value.dims.rank : 0>>::type;
};

template <class T>
struct TypeList {};
/// The element type of a result: Op's own (`Op::Result`), or the first operand's that is neither weak nor a mask.
template <class... T>
struct CommonType {
    using type = Weak;
};
template <class T, class... Rest>
struct CommonType<T, Rest...> {
    using type = std::conditional_t<std::is_same_v<T, Weak> || std::is_same_v<T, bool>, typename CommonType<Rest...>::type, T>;
};
template <class Op, class... T>
struct ResultType {
    using type = typename CommonType<T...>::type;
};
template <class Op, class T, class... Rest>
    requires(Op::kind == Kind::move && !requires { typename Op::Result; })
struct ResultType<Op, T, Rest...> {
    using type = T;
};
template <class Op, class... T>
    requires requires { typename Op::Result; }
struct ResultType<Op, T...> {
    using type = typename Op::Result;
};
}  // namespace detail

/// The tree of `Op` on operands; a `Misfit` where Op's shape rule refuses them.
template <class Op, class... E>
constexpr auto apply(const E&... e) {
    if constexpr ((detail::is_misfit<E> || ...)) {
        return detail::first_misfit(e...);
    } else if constexpr ((std::is_same_v<typename E::Shape, detail::Any> || ...)) {
        return Apply<Op, detail::Any, detail::Any, E...>{detail::make_operands(e...)};
    } else {
        using F = detail::FitOf<Op, typename E::Shape...>;
        if constexpr (!F::value.ok)
            return Misfit<Op, F::value.wanted, F::value.given, CapacityShape<typename E::Shape>...>{};
        else
            return Apply<Op, typename F::type, typename detail::ResultType<Op, typename E::Type...>::type, E...>{detail::make_operands(e...)};
    }
}

/// The function object of an op: `inline constexpr Function<ExpOp> exp{};`
template <class Op>
struct Function {
    template <detail::Argument... X>
    constexpr auto operator()(const X&... x) const {
        return apply<Op>(detail::wrap(x)...);
    }
};

/// What an op's derivative returns: one expression for each operand, in order; `none` where there is no gradient.
template <class... E>
struct Gradients {
    detail::Operands<E...> each;
};
struct NoGradient {};
inline constexpr NoGradient none{};
template <class... E>
constexpr Gradients<E...> gradients(const E&... e) {
    return {detail::make_operands(e...)};
}

}  // namespace strata
