// SPDX-License-Identifier: BSL-1.0
/// The ops of a program: what its expressions mention and what those ops' derivatives mention.
#pragma once

#include <type_traits>

#include <strata/expr/compose.hpp>
#include <strata/expr/expression.hpp>
#include <strata/graph/graph.hpp>
#include <strata/op/add.hpp>
#include <strata/op/broadcast.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/reshape.hpp>

namespace strata {

/// A list of ops without repetition.
template <class... Ops>
struct OpList {};

namespace detail {
template <int I, class Op>
struct Numbered {};
template <class I, class... Ops>
struct Entries;
template <int... I, class... Ops>
struct Entries<std::integer_sequence<int, I...>, Ops...> : Numbered<I, Ops>... {};
template <class Op, int I>
constexpr std::integral_constant<int, I> place_of(const Numbered<I, Op>*) {
    return {};
}

template <class Op>
struct Tag {};
template <class... Ops>
struct Tags : Tag<Ops>... {};
template <class L, class Op>
struct Contains;
template <class... Ops, class Op>
struct Contains<OpList<Ops...>, Op> : std::is_base_of<Tag<Op>, Tags<Ops...>> {};

/// How many gradients `gradients(...)` holds, bare numbers not counted; -1: it is another thing.
template <class G>
inline constexpr int gradients_in = -1;
template <class... E>
inline constexpr int gradients_in<Gradients<E...>> = (0 + ... + !std::is_arithmetic_v<E>);
template <class G, int N>
concept GradientsOf = gradients_in<G> == N;

/// The derivative of Op as an expression over numbered leaves.
template <class Op, class I>
struct Derivative;
template <class Op, int... I>
struct Derivative<Op, std::integer_sequence<int, I...>> {
    template <int>
    using Leaf = AnyRef;
    static constexpr bool exists = requires { { Op::backward(AnyRef{}, AnyRef{}, Leaf<I>{}...) } -> GradientsOf<sizeof...(I)>; };
    /// How many gradients backward gives; -1: no `gradients(...)`, -2: it cannot be called.
    static constexpr int given() {
        if constexpr (requires { Op::backward(AnyRef{}, AnyRef{}, Leaf<I>{}...); })
            return gradients_in<decltype(Op::backward(AnyRef{}, AnyRef{}, Leaf<I>{}...))>;
        else
            return -2;
    }
    static constexpr auto of(int dy, int y, const int* in) { return Op::backward(AnyRef{dy}, AnyRef{y}, AnyRef{in[I]}...); }
};
template <class Op>
using DerivativeOf = Derivative<Op, std::make_integer_sequence<int, Op::arity>>;

template <class L, class E>
struct Collect {  // leaves mention nothing
    using type = L;
};
template <class L, class... E>
struct CollectAll {
    using type = L;
};
template <class L, class E, class... Rest>
struct CollectAll<L, E, Rest...> : CollectAll<typename Collect<L, E>::type, Rest...> {};

template <class L, class Op, bool Known, bool HasDerivative>
struct Enter {
    using type = L;
};
template <class... Ops, class Op>
struct Enter<OpList<Ops...>, Op, false, false> {
    using type = OpList<Ops..., Op>;
};
template <class... Ops, class Op>
struct Enter<OpList<Ops...>, Op, false, true>
    : Collect<OpList<Ops..., Op>, decltype(DerivativeOf<Op>::of(0, 0, static_cast<const int*>(nullptr)))> {};
/// Beside a cast to floats those that bring a gradient back.
template <class L, class Op, bool Known>
struct CastsBack {
    using type = L;
};
template <class L, class To>
    requires std::is_floating_point_v<To>
struct CastsBack<L, CastOp<To>, false> : CollectAll<L, decltype(strata::apply<CastOp<float>>(AnyRef{})), decltype(strata::apply<CastOp<double>>(AnyRef{}))> {};
template <class L, class Op, class S, class T, class... E>
struct Collect<L, Apply<Op, S, T, E...>>
    : CollectAll<typename CastsBack<typename Enter<L, Op, Contains<L, Op>::value, DerivativeOf<Op>::exists>::type, Op, Contains<L, Op>::value>::type, E...> {};
template <class L, class F, class S, class T, class... E>
struct Collect<L, Let<F, S, T, E...>> : CollectAll<L, decltype(F::body(std::declval<typename StandIn<E>::type>()...)), E...> {};
template <class L, class... E>
struct Collect<L, Gradients<E...>> : CollectAll<L, E...> {};

/// What differentiate itself needs: sums of adjoints, the transposes of broadcast and reshape.
using Accumulate = decltype(AnyRef{} + AnyRef{});
using Spread = decltype(broadcast_like(AnyRef{}, AnyRef{}));
using Reform = Apply<ReshapeLikeOp, Any, Any, AnyRef, AnyRef>;
}  // namespace detail

/// All ops that the expressions E can lead to.
template <class... E>
using OpsOf = typename detail::CollectAll<OpList<>, detail::Accumulate, detail::Spread, detail::Reform, E...>::type;

/// Number of an op in a list.
template <class L>
struct Ops;
template <class... O>
struct Ops<OpList<O...>> {
    using List = detail::Entries<std::make_integer_sequence<int, sizeof...(O)>, O...>;
    template <class Op>
    static constexpr int place = decltype(detail::place_of<Op>(static_cast<List*>(nullptr)))::value;

    template <class Op>
    static constexpr OpFacts facts_of() {
        OpFacts f{Op::name, Op::commutative, false, 0, Op::cost};
        if constexpr (requires { Op::unit; }) {
            f.has_unit = true;
            f.unit = Op::unit;
        }
        if constexpr (requires { Op::converts; }) f.converts = Op::converts;
        return f;
    }
    static constexpr OpFacts facts[sizeof...(O)] = {facts_of<O>()...};
};
/// The op with a number.
template <class L, int I>
struct OpAt;
namespace detail {
template <int I, class Op>
constexpr Tag<Op> op_at(const Numbered<I, Op>*) {
    return {};
}
template <class T>
struct Untag;
template <class Op>
struct Untag<Tag<Op>> {
    using type = Op;
};
}  // namespace detail
template <class... O, int I>
struct OpAt<OpList<O...>, I> {
    using type = typename detail::Untag<decltype(detail::op_at<I>(static_cast<typename Ops<OpList<O...>>::List*>(nullptr)))>::type;
};

}  // namespace strata
