// SPDX-License-Identifier: BSL-1.0
/// Reverse-mode differentiation: appends the nodes of the derivatives, each from its op's own expression.
/// Source: Griewank & Walther, "Evaluating Derivatives", 2008.
#pragma once

#include <strata/core/error.hpp>
#include <strata/graph/lower.hpp>

namespace strata {

/// What the compiler says of an op that was to be differentiated at Where and cannot be.
template <class Op, class Where>
struct OpLacksDerivative {
    static_assert(detail::never<Where>, "strata: an op on the way to the loss has no derivative; give it backward(dy, y, x...), or put detach() round it");
};

/// Its backward is there, and gives another number of gradients; -1 where it gives no `gradients(...)`.
template <class Op, class Where, int Operands, int Given>
struct OpGivesOtherGradients {
    static_assert(Operands == Given, "strata: an op's backward gives one gradient for each operand, in order; return gradients(dx, dy), with none where there is no gradient and dy * 2.0 for a bare number (both counts are named here)");
};

namespace detail {
/// Why Op has no derivative.
template <class Op, class Where>
constexpr auto underived_fault() {
    constexpr int given = DerivativeOf<Op>::given();
    if constexpr (given > -2)
        return Chosen<OpGivesOtherGradients<Op, Where, Op::arity, given>>{};
    else
        return Chosen<OpLacksDerivative<Op, Where>>{};
}
template <class L, class B>
constexpr void lower_gradients(B&, const Operands<>&, const bool*, int*) {}
template <class L, class B, class E, class... Rest>
constexpr void lower_gradients(B& builder, const Operands<E, Rest...>& e, const bool* wanted, int* id) {
    *id = -1;
    if constexpr (!std::is_same_v<E, NoGradient>)
        if (*wanted) *id = lower<L>(builder, e.first);
    lower_gradients<L>(builder, e.rest, wanted + 1, id + 1);
}

/// The gradients of one op's operands; -1 where there is none. An op without a derivative is noted in the graph.
template <class L, class Op, class B>
constexpr void derive(B& builder, int dy, int y, const int* in, const bool* wanted, int* gradient) {
    if constexpr (DerivativeOf<Op>::exists)
        lower_gradients<L>(builder, DerivativeOf<Op>::of(dy, y, in).each, wanted, gradient);
    else if constexpr (Op::arity > 0)
        builder.graph.underived = Ops<L>::template place<Op>;
}

/// The operands that an op's derivative has a gradient for, a bit each; all where it has no derivative, which must not pass unnoticed.
template <class... E>
constexpr unsigned given(const Gradients<E...>&) {
    unsigned bits = 0, bit = 1;
    ((bits |= std::is_same_v<E, NoGradient> ? 0u : bit, bit <<= 1), ...);
    return bits;
}
template <class Op>
constexpr unsigned passes() {
    constexpr int in[4] = {};
    if constexpr (DerivativeOf<Op>::exists)
        return given(DerivativeOf<Op>::of(0, 0, in));
    else
        return ~0u;
}

template <class L, class B>
struct DeriveTable;
template <class... O, class B>
struct DeriveTable<OpList<O...>, B> {
    using Function = void (*)(B&, int, int, const int*, const bool*, int*);
    static constexpr Function at[sizeof...(O)] = {&derive<OpList<O...>, O, B>...};
    static constexpr unsigned passes[sizeof...(O)] = {detail::passes<O>()...};
};

/// g brought to the shape of node `like`: summed where that was broadcast.
template <class L, class B>
constexpr int fit_to(B& builder, int g, int like) {
    if (const DType type = builder.graph.node[like].type; is_floating(type) && (type == DType::f64) != (builder.graph.node[g].type == DType::f64)) g = recast<L>(builder, g, type);
    if (!(builder.dims(g) == builder.dims(like))) {
        const Dims whole = broadcast(builder.dims(g), builder.dims(like)).dims;
        if (!(builder.dims(g) == whole)) {  // a gradient that does not depend on a broadcast axis still counts once for each place
            Node n;
            n.kind = Kind::move;
            n.arity = 1;
            n.in[0] = g;
            n.op = Ops<L>::template place<BroadcastLikeOp>;
            n.type = builder.graph.node[g].type;
            n.dims = whole;
            n.attributes.value[0] = static_cast<int>(Move::broadcast);
            g = builder.add(n);
        }
        g = lower<L>(builder, sum_like(AnyRef{g}, AnyRef{like}));
        if (!(builder.dims(g) == builder.dims(like))) g = lower<L>(builder, Reform{make_operands(AnyRef{g}, AnyRef{like})});
    }
    return g;
}
}  // namespace detail

/// Appends the gradient of node `loss` (one element) by each of the nodes `by`; writes their numbers to `gradient`.
/// A leaf that the loss does not depend on gets zeros. The gradient of a loop is a loop over its body's gradient, from the last turn to the first.
template <class L, class B>
constexpr void differentiate(B& builder, int loss, const int* by, int count, int* gradient) {
    const int end = loss + 1;
    builder.derived = true;
    // What depends on a leaf of interest needs an adjoint; a detached value does not.
    constexpr int room = static_cast<int>(sizeof(builder.graph.node) / sizeof(Node));
    bool active[room] = {};
    int adjoint[room] = {};
    for (int i = 0; i < count; ++i) active[by[i]] = true;
    for (int i = 0; i < end; ++i) {
        const Node& n = builder.graph.node[i];
        if (n.op >= 0 && is_floating(n.type))
            for (int k = 0; k < n.arity && !active[i]; ++k) active[i] = active[n.in[k]] && (detail::DeriveTable<L, B>::passes[n.op] >> k & 1u) != 0;
        adjoint[i] = -1;
        if (const int at = builder.loop_at(i, &Loop::first); at >= 0) {
            // Later turns are given what depends on the leaves within the body.
            const Loop& l = builder.loop[at];
            active[i] = active[l.begin];
            for (int k = l.first; k < l.last && !active[i]; ++k) active[i] = active[k];
        }
        if (const int at = builder.loop_at(i, &Loop::last); at >= 0) active[i] = active[builder.loop[at].result];
    }
    int body = 0;  // its first node, in the loop that is being walked
    const auto accumulate = [&](int id, int g) {
        if (id < body) detail::refuse("strata: a loop's turns read a value from before it that has a gradient; hand it on from turn to turn, or detach() it");
        adjoint[id] = adjoint[id] < 0 ? g : lower<L>(builder, AnyRef{adjoint[id]} + AnyRef{g});
    };
    adjoint[loss] = builder.constant(1, builder.dims(loss), builder.graph.node[loss].type);
    int stack = -1;  // of adjoints, in the loop that is being walked
    for (int i = loss; i >= 0; --i) {
        if (const int at = builder.loop_at(i, &Loop::last); at >= 0) {
            const Loop& l = builder.loop[at];
            if (adjoint[i] < 0 || !active[i]) {
                i = l.first;
                continue;
            }
            builder.graph.stack[l.stack].places = l.turns + 1;
            stack = builder.new_stack(builder.dims(i), builder.graph.node[i].type);
            builder.sink(B::carried(adjoint[i], stack, l.turns, false), builder.segment);
            builder.open_segment(Segment{l.turns, true, l.segment});
            body = l.first;
            accumulate(l.result, builder.carried_leaf(stack, 1, true));
            continue;
        }
        if (const int at = builder.loop_at(i, &Loop::first); at >= 0) {
            if (adjoint[i] < 0) adjoint[i] = builder.constant(0, builder.dims(i));
            builder.sink(B::carried(adjoint[i], stack, 0, true), builder.segment);
            builder.open_segment();
            body = 0;
            if (active[builder.loop[at].begin]) accumulate(builder.loop[at].begin, builder.carried_leaf(stack, 0, false));
            continue;
        }
        if (adjoint[i] < 0 || !active[i]) continue;
        const Node n = builder.graph.node[i];
        if (n.arity == 0) continue;
        bool wanted[4] = {};
        for (int k = 0; k < n.arity; ++k) wanted[k] = active[n.in[k]];
        int got[4] = {-1, -1, -1, -1};
        builder.among = n.type == DType::f32 || n.type == DType::f64 ? static_cast<int>(n.type) : -1;
        detail::DeriveTable<L, B>::at[n.op](builder, adjoint[i], i, n.in, wanted, got);
        builder.among = -1;
        for (int k = 0; k < n.arity; ++k)
            if (got[k] >= 0) accumulate(n.in[k], detail::fit_to<L>(builder, got[k], n.in[k]));
    }
    for (int i = 0; i < count; ++i) gradient[i] = by[i] < end && adjoint[by[i]] >= 0 ? adjoint[by[i]] : builder.constant(0, builder.dims(by[i]), is_narrow_type(builder.graph.node[by[i]].type) ? DType::f32 : builder.graph.node[by[i]].type);
}

}  // namespace strata
