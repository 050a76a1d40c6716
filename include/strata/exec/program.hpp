// SPDX-License-Identifier: BSL-1.0
/// A program: graph, plan and steps of something that can be traced, all known while compiling.
#pragma once

#include <strata/graph/simplify.hpp>
#include <strata/plan/layout.hpp>
#include <strata/plan/memory.hpp>
#include <strata/plan/step.hpp>

namespace strata {

namespace detail {
/// The plan in an array that is as long as it has groups.
template <int Groups, class P, int N>
constexpr Plan<N, Groups> with_groups(const P& p, const Node (&)[N]) {
    Plan<N, Groups> out;
    for (int i = 0; i < N; ++i) out.node[i] = p.node[i];
    for (int i = 0; i < p.groups; ++i) out.group[i] = p.group[i];
    out.groups = p.groups;
    out.capacity = p.capacity;
    return out;
}
template <int Groups, class P, class G>
constexpr auto finished(const P& fused, const G& g, const Policy& policy, int capacity) {
    auto plan = with_groups<Groups>(fused, g.node);
    plan.capacity = capacity;
    arrange(g, plan, policy);
    place(g, plan, policy);
    return plan;
}
/// How many nodes with_copies may add.
template <class G>
constexpr int most_copies(const G& g) {
    int n = 0;
    for (int i = 0; i < g.nodes; ++i) {
        const Kind kind = g.node[i].kind;
        n += kind == Kind::convolution || kind == Kind::window || kind == Kind::contract ? 3 : kind == Kind::move ? 1 : 0;
    }
    return n;
}
}  // namespace detail

/// Traced has: List (its ops), Real, capacity (of the batch, 1 if there is none), policy, graph() (with room to spare).
template <class Traced>
struct Program {
    using List = typename Traced::List;
    using Real = typename Traced::Real;
    static constexpr Policy policy = Traced::policy;
    static constexpr int capacity = Traced::capacity;

    static constexpr auto traced = Traced::graph();
    static constexpr int live = live_nodes(traced);
    static constexpr auto clean = without_dead<live, traced.sinks == 0 ? 1 : traced.sinks>(traced);
    static constexpr int room = live + detail::most_copies(clean);
    static constexpr auto graph = with_copies(clean, Graph<room, traced.sinks == 0 ? 1 : traced.sinks>{});
    static constexpr auto fused = fuse(graph, Ops<List>::facts, static_cast<int>(sizeof(Ops<List>::facts) / sizeof(OpFacts)), policy);
    static constexpr int kernels = fused.groups;
    static constexpr auto plan = detail::finished<kernels == 0 ? 1 : kernels>(fused, graph, policy, capacity);

    template <int S>
    using StepType = typename Step<Program, S>::type;
};

/// Where a step finds an operand.
struct Address {
    Region region{};
    int index = 0;
    long offset = 0;  ///< bytes; of a random operand: its stream
    bool stream = false;
};

/// The addresses of a step: its code's operands, those of the code before a product, then those of its anchor.
template <class P, int S>
struct Addresses {
    using St = Step<P, S>;
    static constexpr int own = St::code.operands, operands = own + St::Before::code.operands;
    static constexpr int anchors = St::group.anchor == Kind::map ? 0 : St::anchor.arity;
    static constexpr int count = operands + anchors;
    struct List {
        Address at[count + 1];
    };
    static constexpr List make() {
        List l{};
        for (int i = 0; i < operands; ++i) {
            const Operand& o = i < own ? St::code.operand[i] : St::Before::code.operand[i - own];
            l.at[i] = Address{o.region, o.source == Source::random ? 0 : o.index, o.source == Source::random ? o.index : o.offset, o.source != Source::memory};
        }
        for (int k = 0; k < anchors; ++k) {
            const View v = view_of(P::graph, P::plan, St::anchor.in[k], P::policy.lanes);
            const NodePlan& p = P::plan.node[v.root];
            l.at[operands + k] = Address{p.region, p.index, p.offset + v.offset * size_of(P::graph.node[v.root].type), false};
        }
        return l;
    }
    static constexpr List list = make();
};

}  // namespace strata
