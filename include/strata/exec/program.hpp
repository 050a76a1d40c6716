// SPDX-License-Identifier: BSL-1.0
/// A program: graph, plan and steps of something that can be traced, all known while compiling.
#pragma once

#include <iterator>
#include <type_traits>

#include <strata/graph/simplify.hpp>
#include <strata/plan/launch.hpp>
#include <strata/plan/layout.hpp>
#include <strata/plan/memory.hpp>
#include <strata/plan/narrow.hpp>
#include <strata/plan/step.hpp>

namespace strata {

/// Steps [first, end) of a program, which run in `turns` turns.
struct Stretch {
    int first{}, end{}, turns{};
    bool reverse{};
};

namespace detail {
template <int N>
struct Stretches {
    Stretch at[N]{};
    int count{};
};
template <int N, class G, class P>
constexpr Stretches<N> stretches_of(const G& g, const P& plan) {
    Stretches<N> s;
    for (int k = 0; k < plan.groups; ++k) {
        const Segment& of = g.segment[plan.group[k].segment];
        if (k == 0 || plan.group[k].segment != plan.group[k - 1].segment) s.at[s.count++] = Stretch{k, k, of.turns == 0 ? 1 : of.turns, of.reverse};
        ++s.at[s.count - 1].end;
    }
    return s;
}
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
constexpr auto finished(const P& fused, const G& g, const OpFacts* facts, const Policy& policy, int capacity) {
    auto plan = with_groups<Groups>(fused, g.node);
    plan.capacity = capacity;
    arrange(g, plan, policy);
    join_launches(g, plan, facts, policy);
    place(g, plan, policy);
    return plan;
}
/// How many nodes with_copies may add.
template <class G>
constexpr int most_copies(const G& g) {
    int n = 0;
    for (int i = 0; i < g.nodes; ++i) {
        const Kind kind = g.node[i].kind;
        n += kind == Kind::convolution || kind == Kind::window || kind == Kind::contract || kind == Kind::gather || kind == Kind::scatter ? 3 : kind == Kind::move ? 1 : 0;
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
    static constexpr auto narrowed = with_narrow_factors(traced, Ops<List>::facts, policy);
    static constexpr int live = live_nodes(narrowed);
    static constexpr auto clean = without_dead<live, traced.sinks == 0 ? 1 : traced.sinks>(narrowed);
    static constexpr int room = live + detail::most_copies(clean);
    static constexpr auto graph = with_copies(clean, Graph<room, traced.sinks == 0 ? 1 : traced.sinks>{});
    static constexpr auto fused = fuse(graph, Ops<List>::facts, static_cast<int>(sizeof(Ops<List>::facts) / sizeof(OpFacts)), policy);
    static constexpr int kernels = fused.groups;
    static constexpr auto plan = detail::finished<kernels == 0 ? 1 : kernels>(fused, graph, Ops<List>::facts, policy, capacity);

    /// What runs one after the other, loops in their turns.
    static constexpr auto stretches = detail::stretches_of<graph.segments>(graph, plan);

    template <int S>
    using StepType = typename detail::StepOf<StepsOf<Program, S - S % detail::steps_at_once>, S % detail::steps_at_once>::type;
};

/// Where a step finds an operand.
struct Address {
    Region region{};
    int index = 0;
    long offset = 0;  ///< bytes; of a random operand: its stream
    bool stream = false;
    Turn turn{};
    /// The offset in a turn of a loop.
    constexpr long in_turn(int i) const { return turn.places == 0 ? offset : offset + (i + turn.phase) % turn.places * turn.stride; }
};
/// The addresses of steps [First, ...): each step's own operands, those of the code before a product, then those of its anchor.
template <class P, int First>
struct Addresses {
    using C = StepsOf<P, First>;
    struct List {
        Address at[detail::steps_at_once][C::sizes.addresses + 1];
        int count[detail::steps_at_once];
    };
    static constexpr List make() {
        List l{};
        for (int s = 0; s < detail::steps_at_once; ++s) {
            const auto enter = [&](const auto& code) {
                for (int i = 0; i < code.operands; ++i) {
                    const Operand& o = code.operand[i];
                    l.at[s][l.count[s]++] =
                        Address{o.region, o.source == Source::random ? 0 : o.index, o.source == Source::random ? o.index : o.offset, o.source != Source::memory, o.turn};
                }
            };
            const StepPlan& step = C::steps.at[s];
            enter(C::steps.code[s]);
            if (step.before != 0) enter(C::steps.code[step.before]);
            for (int k = 0; k < step.operands; ++k) {
                const NodePlan& p = P::plan.node[step.root[k]];
                l.at[s][l.count[s]++] = Address{p.region, p.index, p.offset + step.offset[k] * size_of(P::graph.node[step.root[k]].type), false, p.turn};
            }
        }
        return l;
    }
    static constexpr List list = make();
};

/// The arrays of one run, by region. Inputs and outputs are numbered.
struct Bindings {
    static constexpr int most = 32;
    void* region[8] = {};       ///< parameter, state, gradient, moment, scalar, arena by their number
    const void* input[most] = {};
    void* output[most] = {};
    friend bool operator==(const Bindings&, const Bindings&) = default;
};

/// Where an address of a step is in a run, in a turn of the loop that it is in, if any.
inline void* resolved(const Address& a, const Bindings& b, int turn) noexcept {
    const long offset = a.in_turn(turn);
    if (a.stream) return reinterpret_cast<void*>(static_cast<std::uintptr_t>(offset));
    char* base;
    if (a.region == Region::input)
        base = static_cast<char*>(const_cast<void*>(b.input[a.index]));
    else if (a.region == Region::output)
        base = static_cast<char*>(b.output[a.index]);
    else
        base = static_cast<char*>(b.region[static_cast<int>(a.region)]);
    return base + offset;
}
/// What a place wants of plans for programs over Real: PolicyOn<Place, Real>::value.
template <class Place, class Real>
struct PolicyOn;
/// Tiles that a user pins on a place: a specialisation, the same in all sources, has `static constexpr Pin list[] = {{.m = 64, .n = 512, .k = 784, .tiles = {64, 128, 32, 3}}};`.
template <class Place>
struct PinsOn {};
/// The policy of programs over Real whose products multiply numbers of type Stored, with what a user pins.
template <class Place, class Real, class Stored = Real>
inline constexpr Policy policy_for = [] {
    Policy p = PolicyOn<Place, Real>::value;
    if (std::is_same_v<Stored, tf32> && p.has_tf32) p.multiply = Multiply::tf32;
    if constexpr (requires { PinsOn<Place>::list; }) {
        p.pin = PinsOn<Place>::list;
        p.pins = static_cast<int>(std::size(PinsOn<Place>::list));
    }
    return p;
}();
/// A program on a place, with the memory that it needs beside the arrays that it is given: Runner<Place, P>(Pool*, Place).
/// run(Run, Bindings) runs it; start(Run, Bindings) does not wait for its end, finish() does, for all that was started.
template <class Place, class P>
class Runner;

}  // namespace strata
