// SPDX-License-Identifier: BSL-1.0
/// Tensors as leaves of expressions, and the one place that all tensors of an expression are at.
#pragma once

#include <strata/device/place.hpp>
#include <strata/expr/compose.hpp>

namespace strata {

/// A tensor in an expression: its memory; shape and place are in the type.
template <class T, class S, class PlaceT = Host>
struct TensorLeaf {
    using ExpressionTag = void;
    using Shape = S;
    using Type = T;
    const T* data = nullptr;
};

/// Operands of Op (or InAssignment, InGradient) that are at two places.
template <class Op, class First, class Second>
struct PlacesDoNotFit {
    static_assert(std::is_same_v<First, Second>,
                  "strata: tensors of two places meet; copy one of them over, x.to_host() or TensorOn<Place, T, D...>(x) (the operation and both places are named here)");
};

/// One program multiplies and slides in one floating type.
template <class Where>
struct ProductsOfSeveralTypes {
    static_assert(detail::never<Where>, "strata: products, convolutions and windows of one expression are of one floating type; give those of float, or those of double, a tensor of their own");
};

namespace detail {
/// In place of a place: two that meet in Op.
template <class Op, class First, class Second>
struct Apart {};
template <class P>
inline constexpr bool is_apart = false;
template <class Op, class First, class Second>
inline constexpr bool is_apart<Apart<Op, First, Second>> = true;

template <class Op, class P, class Q>
using TwoPlaces = std::conditional_t<std::is_void_v<Q> || std::is_same_v<P, Q> || is_apart<P>, P, std::conditional_t<std::is_void_v<P> || is_apart<Q>, Q, Apart<Op, P, Q>>>;
/// The place that is common to operands of Op, void where they are at none.
template <class Op, class P, class... Rest>
struct CommonPlace {
    using type = P;
};
template <class Op, class P, class Q, class... Rest>
struct CommonPlace<Op, P, Q, Rest...> : CommonPlace<Op, TwoPlaces<Op, P, Q>, Rest...> {};

/// Where the tensors of an expression are: a place, void where it has none, Apart where they are at two.
template <class E>
struct PlaceOf {
    using type = void;
};
template <class T, class S, class P>
struct PlaceOf<TensorLeaf<T, S, P>> {
    using type = P;
};
template <class Op, class S, class T, class... E>
struct PlaceOf<Apply<Op, S, T, E...>> : CommonPlace<Op, void, typename PlaceOf<E>::type...> {};
template <class F, class S, class T, class... E>
struct PlaceOf<Let<F, S, T, E...>> : CommonPlace<F, void, typename PlaceOf<E>::type...> {};

template <class P>
struct PlaceReport {
    using type = NoFault;
};
template <class Op, class First, class Second>
struct PlaceReport<Apart<Op, First, Second>> {
    using type = PlacesDoNotFit<Op, First, Second>;
};
/// The floating type of an expression's products, convolutions and windows: void where it has none, Several where they are of two.
struct Several {};
template <class... T>
struct OneType {
    using type = void;
};
template <class T, class... Rest>
struct OneType<T, Rest...> {
    using Others = typename OneType<Rest...>::type;
    using type = std::conditional_t<std::is_void_v<Others> || std::is_same_v<T, Others>, T, std::conditional_t<std::is_void_v<T>, Others, Several>>;
};
/// That of one node, and the one of several.
template <class Op, class T>
using ProductType = std::conditional_t<(Op::kind == Kind::contract || Op::kind == Kind::convolution || Op::kind == Kind::window) && std::is_floating_point_v<Wide<T>>, Wide<T>, void>;
template <class E>
struct ProductsOf {
    using type = void;
};
template <class Op, class S, class T, class... E>
struct ProductsOf<Apply<Op, S, T, E...>> : OneType<ProductType<Op, T>, typename ProductsOf<E>::type...> {};
template <class F, class S, class T, class... E>
struct ProductsOf<Let<F, S, T, E...>> : OneType<typename ProductsOf<decltype(F::body(std::declval<typename StandIn<E>::type>()...))>::type, typename ProductsOf<E>::type...> {};

/// The report of what is wrong with E wherever it is used, or NoFault.   Place: where it is to be computed, void: where its tensors are.
template <class E, class Where, class Place = void>
struct ExpressionReport : PlaceReport<typename CommonPlace<Where, Place, typename PlaceOf<E>::type>::type> {};
template <class E, class Where, class Place>
    requires(!is_misfit<E> && std::is_same_v<typename ProductsOf<E>::type, Several>)
struct ExpressionReport<E, Where, Place> {
    using type = ProductsOfSeveralTypes<Where>;
};
template <class E, class Where, class Place>
    requires is_misfit<E>
struct ExpressionReport<E, Where, Place> : Report<E, Where> {};
}  // namespace detail
}  // namespace strata
