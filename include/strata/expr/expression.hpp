// SPDX-License-Identifier: BSL-1.0
/// Expressions: small typed trees of ops over leaves. A tree holds no memory; its shape is in its type.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include <strata/core/dtype.hpp>
#include <strata/core/error.hpp>
#include <strata/core/shape.hpp>
#include <strata/expr/kind.hpp>
#include <strata/expr/misfit.hpp>

namespace strata {

/// Anything that ops accept: has a shape and an element type and turns into a tree through `expression()`.
template <class E>
concept Expression = requires { typename std::remove_cvref_t<E>::ExpressionTag; };

/// An operator of Op is given a range that is no expression.
template <class Op>
struct RangeForOperand {
    template <class Where>
    struct Operand {
        static_assert(detail::never<Where>, "strata: operators take tensors, expressions and numbers, no other range; make a tensor of it, as Tensor<float, 3>(v) of a std::vector<float>");
    };
};
namespace detail {
/// Elements side by side that are no tensor's: a std::vector, std::array, std::span.
template <class X>
concept ForeignRange = !Expression<X> && requires(const X& x) {
    x.data();
    x.size();
};
template <class A, class B>
concept RangeBesideExpression = (Expression<A> && ForeignRange<B>) || (ForeignRange<A> && Expression<B>);
template <class Op>
inline constexpr Refusal<RangeForOperand<Op>::template Operand> range_for_operand{};
}  // namespace detail

/// A leaf that stands for node `id` of the graph being traced.   draws: where calls that draw random numbers are counted; null outside layers and losses.
template <class S, class T>
struct Ref {
    using ExpressionTag = void;
    using Shape = S;
    using Type = T;
    int id = -1;
    int* draws = nullptr;
};
using AnyRef = Ref<detail::Any, detail::Any>;

/// A number in an expression.   T: Weak or WeakInteger, which keeps all digits.
template <class T>
struct ConstantOf {
    using ExpressionTag = void;
    using Shape = strata::Shape<>;
    using Type = T;
    std::conditional_t<std::is_same_v<T, detail::WeakInteger>, std::int64_t, double> value = 0;
};
using Constant = ConstantOf<detail::Weak>;
using IntegerConstant = ConstantOf<detail::WeakInteger>;

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
/// Random numbers.   draw: the call that they are of, or -1; however often one call's are used, they are the same.
template <class Op, class S, class T, class... E>
    requires(Op::kind == Kind::random)
struct Apply<Op, S, T, E...> {
    using ExpressionTag = void;
    using Shape = S;
    using Type = T;
    detail::Operands<E...> operands;
    int draw = -1;
};

namespace detail {
/// The counter of draws that an expression's leaves know, or null.
template <class E>
constexpr int* draws_of(const E& e);
constexpr int* draws_among(const Operands<>&) { return nullptr; }
template <class E, class... Rest>
constexpr int* draws_among(const Operands<E, Rest...>& e) {
    int* const draws = draws_of(e.first);
    return draws ? draws : draws_among(e.rest);
}
template <class E>
constexpr int* draws_of(const E& e) {
    if constexpr (requires { e.operands; })
        return draws_among(e.operands);
    else if constexpr (requires { e.draws; })
        return e.draws;
    else
        return nullptr;
}
/// x with all its digits.   Throws DataError where int64 has not as many.
template <class X>
constexpr std::int64_t whole_number(X x) {
    if constexpr (std::is_unsigned_v<X> && sizeof(X) >= sizeof(std::int64_t))
        if (x > static_cast<X>(std::numeric_limits<std::int64_t>::max()))
            raise<DataError>("strata: the whole number " + std::to_string(x) + " in an expression is beyond int64; write a floating number");
    return static_cast<std::int64_t>(x);
}
/// Turns what users write into trees: numbers become constants, tensors and parameters give their leaf.
template <class X>
constexpr auto wrap(const X& x) {
    if constexpr (std::is_integral_v<X>)
        return IntegerConstant{whole_number(x)};
    else if constexpr (std::is_arithmetic_v<X>)
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

/// Every extent is at least 1; only the first may be a bounded batch.
constexpr Fit whole(const Dims& d) {
    for (int i = 0; i < d.rank; ++i)
        if (d.extent[i] == 0 || (i > 0 && d.extent[i] < 0)) return Fit{Dims{}, false, 1, d.extent[i]};
    return {};
}
/// Op's shape rule on whole shapes.
template <class Op, class... D>
constexpr Fit fit_of(const D&... dims) {
    Fit fit;
    if constexpr (Op::kind == Kind::map)
        if (sizeof...(D) != Op::arity) return Fit{Dims{}, false, Op::arity, sizeof...(D)};
    ((fit = fit.ok ? whole(dims) : fit), ...);
    return fit.ok ? Op::fit(dims...) : fit;
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
    static constexpr Fit value = fit_of<Op>(S::dims()...);
    using type = typename FitShape<FitOf, std::make_integer_sequence<int, value.ok ? value.dims.rank : 0>>::type;
};

template <class Op>
concept KnownOp = requires { Op::name; Op::kind; Op::arity; Op::commutative; Op::cost; };
template <class Op, int Masks, int... I>
constexpr bool applies(std::integer_sequence<int, I...>) {
    return requires { Op::apply(std::conditional_t<(I < Masks), bool, float>{}...); };
}
/// Whether an op has the formula that its kind computes by.
template <class Op>
inline constexpr bool has_formula = true;
template <class Op>
    requires(Op::kind == Kind::map)
inline constexpr bool has_formula<Op> = applies<Op, Op::masks>(std::make_integer_sequence<int, Op::arity>{});

template <class T>
inline constexpr int type_or_none = static_cast<int>(dtype_of<T>);
template <>
inline constexpr int type_or_none<Weak> = -1;
template <>
inline constexpr int type_or_none<WeakInteger> = -2;
/// Whether Op takes floating numbers only.
template <class Op>
constexpr bool takes_floating() {
    if constexpr (requires { Op::floating; })
        return Op::floating;
    else
        return Op::kind == Kind::contract || Op::kind == Kind::convolution || Op::kind == Kind::window;
}
/// Whether Op takes operands of these types: masks where it wants them (`Op::masks`), then numbers of one type, floating where it says so
/// (`Op::floating`) or where one of no type of its own is (2.5 among integers would be 2); masks as numbers, and folds of masks, only where the
/// result is of a type of its own (how wide a count of a mask is, is the user's to say) and nothing asks for the greater one (`Op::ordered`).
template <class Op, class... T>
constexpr bool types_fit() {
    if constexpr (Op::kind == Kind::map || Op::kind == Kind::contract || Op::kind == Kind::convolution || Op::kind == Kind::window) {
        int masks = 0, common = -1, place = 0;
        bool ok = true, floating = takes_floating<Op>();
        if constexpr (requires { Op::masks; }) masks = Op::masks;
        for (const int type : {type_or_none<T>...}) {
            const bool mask = type == static_cast<int>(DType::boolean);
            if (place++ < masks) {
                ok = ok && mask;
            } else if (type == type_or_none<Weak>) {
                floating = true;
            } else if (type >= 0) {
                ok = ok && (common < 0 || type == common) && (!mask || masks > 0 || (requires { typename Op::Result; } && !requires { Op::ordered; }));
                common = type;
            }
        }
        return ok && (!floating || common < 0 || is_floating(static_cast<DType>(common)));
    } else if constexpr (Op::kind == Kind::reduce) {
        return requires { typename Op::Result; } || ((type_or_none<T> != static_cast<int>(DType::boolean)) && ...);
    }
    return true;
}
/// The element type of a result, as a number: Op's own (`Op::Result`), that of what a move moves, or the first neither weak nor a mask, else a
/// mask's where masks are chosen from; a whole number only where all are.
template <class Op, class... T>
constexpr int result_type() {
    const int type[] = {type_or_none<T>..., type_or_none<Weak>};
    if constexpr (requires { typename Op::Result; }) {
        return type_or_none<typename Op::Result>;
    } else if constexpr (Op::kind == Kind::move || Op::kind == Kind::gather || Op::kind == Kind::scatter) {
        return type[0];
    } else {
        bool whole = false, weak = takes_floating<Op>(), mask = false;
        int masks = 0;
        if constexpr (requires { Op::masks; }) masks = Op::masks;
        for (int i = 0; i < static_cast<int>(sizeof...(T)); ++i) {
            if (type[i] >= 0 && type[i] != static_cast<int>(DType::boolean)) return type[i];
            whole = whole || type[i] == type_or_none<WeakInteger>;
            weak = weak || type[i] == type_or_none<Weak>;
            mask = mask || (i >= masks && type[i] == static_cast<int>(DType::boolean));
        }
        if (mask) return static_cast<int>(DType::boolean);
        return whole && !weak ? type_or_none<WeakInteger> : type_or_none<Weak>;
    }
}
/// The type, as a number, of what Op reads that is made of whole numbers alone: its integer operands', else that of its result, `outside`, where this
/// is of them alone too; -1: the floating one.
template <class Op, class... T>
constexpr int whole_type(int outside) {
    if constexpr (Op::kind != Kind::move && Op::kind != Kind::gather && Op::kind != Kind::scatter)
        for (const int type : {type_or_none<T>...})
            if (type >= 0 && type != static_cast<int>(DType::boolean)) return is_floating(static_cast<DType>(type)) ? -1 : type;
    return result_type<Op, T...>() == type_or_none<WeakInteger> ? outside : -1;
}
template <int Type>
struct ElementOrWeak : ElementOf<static_cast<DType>(Type)> {};
template <>
struct ElementOrWeak<type_or_none<Weak>> {
    using type = Weak;
};
template <>
struct ElementOrWeak<type_or_none<WeakInteger>> {
    using type = WeakInteger;
};
/// A tree's type from its shape and the number of its element type. nvcc's host front end keeps types as they were first written: one that
/// is written by means of its operands', level on level, takes it time exponential in the depth. A deduced shape stands for itself.
template <template <class, class, class, class...> class Node, class F, class S, int Type, class... E>
struct NodeOf;
template <template <class, class, class, class...> class Node, class F, int... D, int Type, class... E>
struct NodeOf<Node, F, Shape<D...>, Type, E...> {
    using type = Node<F, Shape<D...>, typename ElementOrWeak<Type>::type, E...>;
};
/// The tree of Op where it fits its operands.
template <class Op, class... E>
constexpr auto fitted(const E&... e) {
    using F = FitOf<Op, typename E::Shape...>;
    if constexpr (!F::value.ok)
        return Misfit<Op, F::value.wanted, F::value.given, CapacityShape<typename E::Shape>...>{};
    else if constexpr (!types_fit<Op, typename E::Type...>())
        return TypeMisfit<Op, typename E::Type...>{};
    else
        return typename NodeOf<Apply, Op, typename F::type, result_type<Op, typename E::Type...>(), E...>::type{make_operands(e...)};
}
}  // namespace detail

/// The tree of `Op` on operands; a `Misfit` or `TypeMisfit` where they do not fit it.
template <class Op, class... E>
constexpr auto apply(const E&... e) {
    if constexpr ((detail::is_misfit<E> || ...)) {
        return detail::first_misfit(e...);
    } else if constexpr ((std::is_same_v<typename E::Shape, detail::Any> || ...)) {
        return Apply<Op, detail::Any, detail::Any, E...>{detail::make_operands(e...)};
    } else if constexpr (!detail::KnownOp<Op>) {
        return Refusal<OpLacks<Op>::template Facts>{};
    } else if constexpr (!detail::has_formula<Op>) {
        return Refusal<OpLacks<Op>::template Formula>{};
    } else {
        return detail::fitted<Op>(e...);
    }
}

/// Random numbers by Op, as many as x has elements: one call of it.
template <class Op, class X>
constexpr auto draw(const X& x) {
    auto numbers = apply<Op>(x);
    if constexpr (requires { numbers.draw; })
        if (int* const draws = detail::draws_of(x)) numbers.draw = (*draws)++;
    return numbers;
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
