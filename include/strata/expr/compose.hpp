// SPDX-License-Identifier: BSL-1.0
/// Composed ops: functions that return an expression of their operands. An operand is traced once, however often the body uses it, and its
/// type occurs once in the tree's.
#pragma once

#include <initializer_list>

#include <strata/expr/expression.hpp>

namespace strata {

/// F::body put on operands.
template <class F, class S, class T, class... E>
struct Let {
    using ExpressionTag = void;
    using Shape = S;
    using Type = T;
    detail::Operands<E...> operands;
};

namespace detail {
/// A leaf's type, of a shape that stands for itself as NodeOf's does.
template <class S, int Type>
struct RefOf;
template <int... D, int Type>
struct RefOf<Shape<D...>, Type> {
    using type = Ref<Shape<D...>, typename ElementOrWeak<Type>::type>;
};
/// What stands for an operand in the body: a leaf; a number stays itself.
template <class E>
struct StandIn {
    using type = typename RefOf<typename E::Shape, type_or_none<typename E::Type>>::type;
    static constexpr type make(const E&, int id) { return {id}; }
};
template <class T>
struct StandIn<ConstantOf<T>> {
    using type = ConstantOf<T>;
    static constexpr type make(const ConstantOf<T>& e, int) { return e; }
};
template <class E>
inline constexpr bool is_leaf = false;
template <class T>
inline constexpr bool is_leaf<ConstantOf<T>> = true;
template <class S, class T>
inline constexpr bool is_leaf<Ref<S, T>> = true;

template <class F, class... E>
concept BodyTakes = requires(const E&... e) { F::body(e...); };
template <class F, class... E>
constexpr auto compose(const E&... e) {
    if constexpr ((is_misfit<E> || ...)) {
        return first_misfit(e...);
    } else if constexpr ((is_leaf<E> && ...) || (std::is_same_v<typename E::Shape, Any> || ...)) {
        if constexpr (BodyTakes<F, E...>)
            return F::body(e...);
        else
            return Refusal<BodyDoesNotTake<F, sizeof...(E)>::template Operands>{};
    } else if constexpr (!BodyTakes<F, typename StandIn<E>::type...>) {
        return Refusal<BodyDoesNotTake<F, sizeof...(E)>::template Operands>{};
    } else {
        using Body = decltype(F::body(std::declval<typename StandIn<E>::type>()...));
        if constexpr (is_misfit<Body>)
            return Body{};
        else
            return typename NodeOf<Let, F, typename Body::Shape, type_or_none<typename Body::Type>, E...>::type{make_operands(e...)};
    }
}

/// Ops and leaves of an expression as it is written out, where what is used twice stands twice; from `immense` on it stays that.
inline constexpr int immense = 1 << 20;
constexpr int with_parts(int size, std::initializer_list<int> parts) {
    for (const int part : parts) size += part;
    return size < immense ? size : immense;
}
template <class E>
inline constexpr int size_of_tree = 1;
template <class Op, class S, class T, class... E>
inline constexpr int size_of_tree<Apply<Op, S, T, E...>> = with_parts(1, {size_of_tree<E>...});
template <class F, class S, class T, class... E>
inline constexpr int size_of_tree<Let<F, S, T, E...>> = with_parts(size_of_tree<decltype(F::body(std::declval<typename StandIn<E>::type>()...))>, {size_of_tree<E>...});
}  // namespace detail

/// The function object of a composed op: `inline constexpr Composed<Silu> silu{};`
template <class F>
struct Composed {
    template <detail::Argument... X>
    constexpr auto operator()(const X&... x) const {
        return detail::compose<F>(detail::wrap(x)...);
    }
};

}  // namespace strata
