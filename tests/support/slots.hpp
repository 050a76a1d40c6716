// SPDX-License-Identifier: BSL-1.0
/// Which bytes the steps of a program touch, reckoned from loops and strides alone, and which values of the graph are alive at a step: what
/// places in memory and addresses are held to. All of it while compiling, or when the program runs.
#pragma once

#include <strata/exec/program.hpp>

namespace strata::test {

/// Bytes [begin, end) of array `index` of a region, in the first turn of a loop.
struct Slot {
    Region region{};
    int index{};
    long begin{}, end{};
    bool written{};
    Turn turn{};
    /// The same in turn `i`.
    constexpr Slot in(int i) const {
        const long moved = turn.places == 0 ? 0 : (i + turn.phase) % turn.places * turn.stride;
        return {region, index, begin + moved, end + moved, written, {}};
    }
};
struct Slots {
    Slot at[2 * max_operands + 4]{};
    int count{};
};

/// The bytes of a stored value, a leaf or a block.
template <class P>
constexpr Slot memory_of(int id) {
    const Node& n = P::graph.node[id];
    const NodePlan& p = P::plan.node[id];
    return {p.region, p.index, p.offset, p.offset + detail::stored_elements(n.dims, p.lanes, P::policy.lanes) * size_of(n.type), false, p.turn};
}
constexpr bool inside(const Slot& a, const Slot& b) { return a.region == b.region && a.index == b.index && a.begin >= b.begin && a.end <= b.end; }
constexpr bool meet(const Slot& a, const Slot& b) { return a.region == b.region && a.index == b.index && a.begin < b.end && b.begin < a.end; }

/// Turns of the loops that a step's code is run in: a map's own, or places of its anchor's result.
template <class P>
constexpr void turns_of_step(int s, const AnyCode& code, long (&turns)[max_loops]) {
    const Group& group = P::plan.group[s];
    const Dims& d = P::graph.node[group.node].dims;
    const bool lanes = P::plan.node[group.node].lanes;
    for (int l = 0; l < max_loops; ++l) turns[l] = group.anchor == Kind::map ? code.loops.extent[l] : 1;
    if (group.anchor == Kind::map) return;
    if (group.anchor == Kind::scatter) {  // its code is one store, which says no strides
        turns[0] = 0;
        return;
    }
    const long first = capacity(d.extent[0]);
    if (group.anchor == Kind::contract) {
        const long m = capacity(d.extent[d.rank - 2]), n = d.extent[d.rank - 1];
        turns[0] = d.rank > 2 ? first : 1;
        turns[1] = lanes ? n : m;
        turns[lane_loop] = lanes ? m : n;
    } else {
        turns[0] = lanes ? 1 : first;
        turns[1] = d.extent[1];
        turns[lane_loop] = d.extent[2] * d.extent[3] * (lanes ? detail::round_up(first, P::policy.lanes) : 1);
    }
}
/// From the first to the last byte that an operand's strides reach in so many turns; whole vectors where it is padded.
constexpr Slot reached(const Operand& o, const long (&turns)[max_loops], int lanes) {
    if (turns[0] == 0) return {o.region, o.index, o.offset, o.offset + o.elements * size_of(o.type), o.written, o.turn};
    long low = 0, high = o.rows > 0 ? o.row * (o.rows - 1) : 0;
    for (int l = 0; l < max_loops; ++l) {
        long last = turns[l] - 1;
        for (const Border& b : o.border)
            if (b.loop == 1 + l) last = b.high - b.low - 1;
        (o.stride[l] < 0 ? low : high) += o.stride[l] * last;
    }
    ++high;
    if (o.padded) high = detail::round_up(high, lanes);
    return {o.region, o.index, o.offset + low * size_of(o.type), o.offset + high * size_of(o.type), o.written, o.turn};
}
/// What step s touches: operands of its code, of the code before it, of its anchor; numbers that no memory holds are left out.
template <class P>
constexpr Slots slots_of_step(int s) {
    Slots out;
    const OpFacts* facts = Ops<typename P::List>::facts;
    const Group& group = P::plan.group[s];
    const Node& anchor = P::graph.node[group.node];
    const auto enter = [&](const AnyCode& code, const long(&turns)[max_loops]) {
        for (int i = 0; i < code.operands; ++i)
            if (code.operand[i].source == Source::memory) out.at[out.count++] = reached(code.operand[i], turns, P::policy.lanes);
    };
    long turns[max_loops] = {};
    const AnyCode code = encode(P::graph, P::plan, facts, P::policy, s);
    turns_of_step<P>(s, code, turns);
    enter(code, turns);
    if (has_prologue(P::graph, P::plan, s)) {
        const Dims& left = P::graph.node[anchor.in[0]].dims;
        for (long& t : turns) t = 1;
        turns[1] = capacity(left.extent[left.rank - 2]);
        turns[lane_loop] = capacity(left.extent[left.rank - 1]);
        enter(encode_prologue(P::graph, P::plan, facts, P::policy, s), turns);
    }
    for (int k = 0; group.anchor != Kind::map && k < anchor.arity; ++k) {
        const View v = view_of(P::graph, P::plan, anchor.in[k], P::policy.lanes);
        const NodePlan& p = P::plan.node[v.root];
        const Dims& d = P::graph.node[anchor.in[k]].dims;
        Operand o{};
        o.type = P::graph.node[v.root].type;
        o.region = p.region, o.index = p.index, o.turn = p.turn;
        o.offset = p.offset + v.offset * size_of(o.type);
        for (long& t : turns) t = 1;
        for (int a = 0; a < d.rank; ++a) turns[a] = capacity(d.extent[a]), o.stride[a] = v.stride[a];
        if (k == 0 && has_prologue(P::graph, P::plan, s)) continue;  // computed on the way
        out.at[out.count++] = reached(o, turns, P::policy.lanes);
    }
    return out;
}

/// Whether group s reads value `id` from memory, be it for a value that it computes on the way.
template <class P>
constexpr bool computes_from(int s, int id, int from) {
    const Node& n = P::graph.node[from];
    for (int k = 0; k < n.arity; ++k) {
        const int read = detail::root_of(P::graph, n.in[k]);
        if (read == id && P::plan.node[id].group != s) return true;
        if (P::plan.node[read].floating && computes_from<P>(s, id, read)) return true;
    }
    return false;
}
/// The last group that needs `id`, at least its own.
template <class P>
constexpr int last_reader(int id) {
    int last = P::plan.node[id].group;
    for (int s = last + 1; s < P::plan.groups; ++s)
        for (int m = P::plan.group[s].first; m >= 0; m = P::plan.node[m].next)
            if (computes_from<P>(s, id, m)) last = s;
    return last;
}
/// Calls f(id) for every value that group s reads from memory, be it for `from` or for what is computed on the way to it.
template <class P, class F>
constexpr void each_value_read(int s, int from, F&& f) {
    const Node& n = P::graph.node[from];
    for (int k = 0; k < n.arity; ++k) {
        const int read = detail::root_of(P::graph, n.in[k]);
        if (P::plan.node[read].floating)
            each_value_read<P>(s, read, f);
        else if (P::plan.node[read].group != s && detail::has_memory(P::graph.node[read]))
            f(read);
    }
}
/// Calls f(step, turn) in the order of a run.
template <class P, class F>
constexpr void each_step_run(F&& f) {
    for (int i = 0; i < P::stretches.count; ++i) {
        const auto& stretch = P::stretches.at[i];
        for (int turn = 0; turn < stretch.turns; ++turn)
            for (int s = stretch.first; s < stretch.end; ++s) f(s, stretch.reverse ? stretch.turns - 1 - turn : turn);
    }
}
template <class P>
constexpr bool in_arena(int id) {
    return P::plan.node[id].stored && P::plan.node[id].region == Region::arena;
}

}  // namespace strata::test
