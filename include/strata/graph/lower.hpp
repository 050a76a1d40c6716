// SPDX-License-Identifier: BSL-1.0
/// Expressions become nodes.
#pragma once

#include <strata/expr/compose.hpp>
#include <strata/expr/expression.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/table.hpp>

namespace strata {

template <class L, class B, class S, class T>
constexpr int lower(B&, const Ref<S, T>& e) {
    return e.id;
}
template <class L, class B, class T>
constexpr int lower(B& builder, const ConstantOf<T>& e) {
    if constexpr (std::is_same_v<T, detail::WeakInteger>)
        if (e.value > (1LL << 53) || e.value < -(1LL << 53)) detail::refuse("strata: a whole number in a composed op has more than 53 bits; make it an operand of the op");
    return builder.constant(static_cast<double>(e.value));
}
template <class L, class B, class Op, class S, class T, class... E>
constexpr int lower(B& builder, const Apply<Op, S, T, E...>& e);

template <class L, class B, class F, class S, class T, class... E>
constexpr int lower(B& builder, const Let<F, S, T, E...>& e);

namespace detail {
template <class L, class B>
constexpr void lower_operands(B&, const Operands<>&, int*) {}
template <class L, class B, class E, class... Rest>
constexpr void lower_operands(B& builder, const Operands<E, Rest...>& e, int* id) {
    *id = lower<L>(builder, e.first);
    lower_operands<L>(builder, e.rest, id + 1);
}

/// The region of an expression's numbers that are read as integers or masks, or as floats where the program's own are of another type.
constexpr Region numbers_of(DType type) {
    return type == DType::boolean ? Region::gradient : type == DType::i64 ? Region::moment : type == DType::i32 ? Region::state : Region::parameter;
}

/// A node's floats as those of another type, where the list has the casts.
template <class L, class B>
constexpr int recast(B& builder, int id, DType to) {
    if constexpr (Contains<L, CastOp<double>>::value)
        return to == DType::f64 ? lower<L>(builder, strata::apply<CastOp<double>>(AnyRef{id})) : lower<L>(builder, strata::apply<CastOp<float>>(AnyRef{id}));
    else
        refuse("strata: floats of both sizes meet where no cast says which they are to be; cast<float>(x) or cast<double>(x) one of them");
    return id;
}

/// Appends a node of which op, shape and attributes are known: sets its type, and that of the numbers among its operands.
/// masks: of its operands the first so many are masks beside others.   result: the type that its op gives always, or -1.
template <class L, class B>
constexpr int append(B& builder, Node n, const int* id, int masks, int result) {
    bool found = false, mask = false;
    for (int i = 0; i < n.arity; ++i) {
        n.in[i] = id[i];
        const Node& operand = builder.graph.node[id[i]];
        const bool number = (operand.kind == Kind::constant && operand.type == builder.real) || (operand.kind == Kind::leaf && operand.attributes.value[0] == static_cast<int>(Region::scalar));
        mask = mask || (i >= masks && operand.type == DType::boolean);
        if (!found && operand.type != DType::boolean && !number) {
            n.type = operand.type;
            found = true;
        }
    }
    if (!found && mask) n.type = DType::boolean;
    if (n.kind == Kind::move || n.kind == Kind::gather || n.kind == Kind::scatter) n.type = builder.graph.node[id[0]].type;
    // A number is one of those that it stands among: of integers, masks, or floats of another type than the program's.
    if (n.type != builder.real && (!is_floating(n.type) || n.type == DType::f32 || n.type == DType::f64))
        for (int i = 0; i < n.arity; ++i) {
            const Node operand = builder.graph.node[id[i]];
            if (operand.kind == Kind::constant && n.type == DType::i32 && (operand.value < -0x1p31 || operand.value >= 0x1p31))
                detail::refuse("strata: a whole number in a composed op is beyond int32 and stands beside elements of that type; cast<std::int64_t> them");
            if (operand.kind == Kind::constant && is_floating(operand.type) && operand.type != n.type) n.in[i] = builder.constant(operand.value, operand.dims, n.type);
            if (operand.kind != Kind::leaf || operand.attributes.value[0] != static_cast<int>(Region::scalar)) continue;
            // An expression's number stands again, as what it is there, in a region that its program has no other use for.
            if (builder.numbered)
                n.in[i] = builder.leaf(numbers_of(n.type), 0, operand.attributes.value[1], n.type, operand.dims);
            else if (Contains<L, CastOp<double>>::value && is_floating(n.type))
                n.in[i] = recast<L>(builder, id[i], n.type);
            else
                refuse("strata: a number of a run, as the count of a batch, stands beside elements of another type; cast them to the model's type");
        }
    if (result >= 0) n.type = static_cast<DType>(result);
    return builder.add(n);
}
/// Appends the node of Op on operands with given numbers (those past its arity lend their shape only).   type: where no operand says it.
template <class L, class Op, class B, int... I>
constexpr int append(B& builder, const int* id, DType type, std::integer_sequence<int, I...>) {
    if constexpr (Op::kind == Kind::leaf)
        if (const int other = builder.stand_in_of(Op::attributes()); other >= 0) return other;
    Node n;
    n.kind = Op::kind;
    n.op = Ops<L>::template place<Op>;
    n.arity = Op::arity;
    n.dims = Op::fit(builder.dims(id[I])...).dims;
    n.attributes = Op::attributes(builder.dims(id[I])...);
    n.type = type;
    int masks = 0, result = -1;
    if constexpr (requires { Op::masks; }) masks = Op::masks;
    if constexpr (requires { typename Op::Result; }) result = static_cast<int>(dtype_of<typename Op::Result>);
    return append<L>(builder, n, id, masks, result);
}
/// The type of what floating numbers alone make beside operands of types T: the floats' among them, else that of what reads it.
template <class... T>
constexpr int floats_among(int outside) {
    for (const int type : {(std::is_same_v<T, float> ? static_cast<int>(DType::f32) : std::is_same_v<T, double> ? static_cast<int>(DType::f64) : -1)..., -1})
        if (type >= 0) return type;
    return outside;
}
/// What operands of whole numbers alone are before a composed op of type T: as the integers beside them, else as its result.
template <class T, class... E>
constexpr int whole_operands(int outside) {
    for (const int type : {type_or_none<E>..., type_or_none<T>})
        if (type == type_or_none<std::int32_t> || type == type_or_none<std::int64_t>) return type;
    return std::is_same_v<T, WeakInteger> ? outside : -1;
}
template <class F, class... Done>
constexpr auto body_of(const Operands<>&, const int*, const Done&... done) {
    return F::body(done...);
}
template <class F, class E, class... Rest, class... Done>
constexpr auto body_of(const Operands<E, Rest...>& e, const int* id, const Done&... done) {
    return body_of<F>(e.rest, id + 1, done..., StandIn<E>::make(e.first, *id));
}
}  // namespace detail

/// The number of the node that computes an expression.
template <class L, class B, class Op, class S, class T, class... E>
constexpr int lower(B& builder, const Apply<Op, S, T, E...>& e) {
    int id[sizeof...(E) + 1] = {};
    const int outside = builder.whole;
    if constexpr ((std::is_same_v<typename E::Type, detail::WeakInteger> || ...)) builder.whole = detail::whole_type<Op, typename E::Type...>(outside);
    const int reader = builder.among;
    builder.among = detail::floats_among<typename E::Type...>(reader);
    detail::lower_operands<L>(builder, e.operands, id);
    builder.whole = outside, builder.among = reader;
    const int type_of_numbers = std::is_same_v<T, detail::WeakInteger> && outside >= 0 ? outside : Op::kind == Kind::random ? -1 : reader;
    const DType type = type_of_numbers >= 0 ? static_cast<DType>(type_of_numbers) : builder.real;
    if constexpr (Op::kind == Kind::random)
        if (const int other = builder.drawn(e.draw); other >= 0) return other;
    const int node = detail::append<L, Op>(builder, id, type, std::make_integer_sequence<int, sizeof...(E)>{});
    if constexpr (Op::kind == Kind::random) builder.graph.node[node].attributes.value[2] = e.draw + 1;
    return node;
}

/// A composed op: its operands once, then its body on them.
template <class L, class B, class F, class S, class T, class... E>
constexpr int lower(B& builder, const Let<F, S, T, E...>& e) {
    int id[sizeof...(E) + 1] = {};
    const int outside = builder.whole;
    if constexpr ((std::is_same_v<typename E::Type, detail::WeakInteger> || ...)) builder.whole = detail::whole_operands<T, typename E::Type...>(outside);
    const int reader = builder.among;
    builder.among = detail::floats_among<typename E::Type...>(reader);
    detail::lower_operands<L>(builder, e.operands, id);
    builder.whole = outside;
    const int root = lower<L>(builder, detail::body_of<F>(e.operands, id));
    builder.among = reader;
    return root;
}

}  // namespace strata
