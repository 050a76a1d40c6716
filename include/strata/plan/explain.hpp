// SPDX-License-Identifier: BSL-1.0
/// Plans for people: every kernel with what it computes, moves and costs, and why it is not one with the kernel before; as a table and as
/// Graphviz.
#pragma once

#include <string>

#include <strata/graph/cost.hpp>
#include <strata/graph/table.hpp>
#include <strata/plan/fuse.hpp>
#include <strata/plan/launch.hpp>
#include <strata/plan/plan.hpp>

namespace strata {

/// One kernel, at the capacity of the batch.
struct StepFacts {
    long read = 0, written = 0;  ///< bytes, each array once
    long flops = 0;
};

namespace detail {
template <class G, class P>
constexpr int turns_of_group(const G& g, const P& plan, int at) {
    const int turns = g.segment[plan.group[at].segment].turns;
    return turns == 0 ? 1 : turns;
}
}  // namespace detail

/// Bytes and operations of group `at`.
template <class G, class P>
constexpr StepFacts facts_of_step(const G& g, const P& plan, const OpFacts* facts, int at) {
    constexpr int n = static_cast<int>(sizeof(g.node) / sizeof(Node));
    StepFacts f;
    bool seen[n] = {};
    detail::each_computed(g, plan, at, [&](int id) { f.flops += flops_of(g, id, facts); });
    for (int m = plan.group[at].first; m >= 0; m = plan.node[m].next) {
        if (plan.node[m].stored && plan.node[m].region != Region::block) f.written += g.node[m].dims.size() * size_of(g.node[m].type);
        detail::each_read(g, plan, m, at, [&](int s, long elements) {
            if (!seen[s] && plan.node[s].region != Region::block) f.read += elements * size_of(g.node[s].type);
            seen[s] = true;
        });
    }
    return f;
}

/// Facts of a whole program, for budgets as assertions.
struct PlanFacts {
    int kernels = 0;
    int launches = 0;      ///< those of a loop in each turn
    long arena_bytes = 0;  ///< scratch for values between kernels
    long bytes_moved = 0;  ///< read and written by all kernels, each array once a kernel
    long flops = 0;
};
template <class P>
constexpr PlanFacts facts_of_plan() {
    PlanFacts f;
    f.kernels = P::plan.groups;
    f.arena_bytes = P::plan.arena;
    for (int at = 0; at < P::plan.groups; ++at) {
        const StepFacts s = facts_of_step(P::graph, P::plan, Ops<typename P::List>::facts, at);
        const int turns = detail::turns_of_group(P::graph, P::plan, at);
        f.bytes_moved += turns * (s.read + s.written);
        f.flops += turns * s.flops;
    }
    for (int l = 0; l < P::plan.launches; ++l) f.launches += detail::turns_of_group(P::graph, P::plan, P::plan.launch[l].first);
    return f;
}

namespace detail {
template <class X>
concept Placeable = requires { typename X::template PlanAt<typename X::Place>; };
/// A Program itself.
template <class X>
concept Planned = requires { X::graph, X::plan; };
/// The Program of X at its own place, or at the one that is named.   type: absent where X has none. exec/expression.hpp adds expressions.
template <class X, class... Place>
struct PlanOf;
template <Planned X>
struct PlanOf<X> {
    using type = X;
};
template <Placeable X>
struct PlanOf<X> {
    using type = typename X::template PlanAt<typename X::Place>;
};
template <Placeable X, class Place>
struct PlanOf<X, Place> {
    using type = typename X::template PlanAt<Place>;
};
}  // namespace detail

/// The facts of X's plan at its own place, as plan_of<M>.kernels == 4, or at another: plan_of<M, Cuda>.launches == 1.
/// X: a Model (for one sample), a Session, a TrainingStep, the type of an expression, decltype(a + b), whose place is its tensors', or a Program.
template <class X, class... Place>
inline constexpr PlanFacts plan_of = facts_of_plan<typename detail::PlanOf<X, Place...>::type>();

namespace detail {
inline std::string shape_text(const Dims& d) {
    std::string s = "[";
    for (int i = 0; i < d.rank; ++i) s += (i > 0 ? ", " : "") + std::string(d.extent[i] < 0 ? "<=" : "") + std::to_string(capacity(d.extent[i]));
    return s + "]";
}
template <class P>
std::string name_of_node(int id) {
    const Node& n = P::graph.node[id];
    if (n.kind == Kind::leaf || n.kind == Kind::pack) {
        constexpr const char* regions[] = {"input", "parameter", "state", "gradient", "moment", "scalar", "output", "arena", "carried"};
        return std::string(regions[n.attributes.value[0]]) + (n.attributes.value[0] == 0 ? " " + std::to_string(n.attributes.value[1]) : "");
    }
    if (copies(n)) return "copy";
    return n.op < 0 ? "node" : Ops<typename P::List>::facts[n.op].name;
}
/// A node's name, in brackets where it is computed again, with a star where it is kept.
template <class P>
std::string label(int id) {
    const std::string name = name_of_node<P>(id);
    return P::plan.node[id].floating ? "(" + name + ")" : name + (P::plan.node[id].stored ? "*" : "");
}
inline const char* family(const Group& g) {
    if (g.anchor == Kind::contract) return "contract";
    if (g.anchor == Kind::convolution) return "convolution";
    if (g.anchor == Kind::window) return "window";
    if (g.anchor == Kind::scatter) return "scatter";
    return g.rows != 0 ? "row" : "map";
}
/// Why group `at` begins.
template <class P>
std::string reason(int at) {
    const Group& group = P::plan.group[at];
    int latest = -1, through = -1;
    bool packed = false;
    for (int m = group.first; m >= 0; m = P::plan.node[m].next)
        each_read(P::graph, P::plan, m, at, [&](int s, long) {
            packed = packed || P::graph.node[s].kind == Kind::pack;
            if (P::plan.node[s].group > latest) {
                latest = P::plan.node[s].group;
                through = s;
            }
        });
    if (at > 0 && group.segment != P::plan.group[at - 1].segment) {
        const Segment& s = P::graph.segment[group.segment];
        if (s.turns > 0) return "a loop begins, " + std::to_string(s.turns) + " turns" + (s.reverse ? " from the last to the first" : "");
        if (P::graph.segment[P::plan.group[at - 1].segment].turns > 0) return "the loop before it ends";
    }
    if (group.anchor == Kind::map && packed) return "all parts of the packed gradients are needed first";
    if (group.anchor == Kind::map && latest < 0) return "reads only what comes from outside";
    if (group.anchor != Kind::map) return latest < 0 ? "a product, window or scatter begins a kernel" : "its operand has to be complete: step " + std::to_string(latest);
    if (P::plan.node[through].column) return "the sum over rows in step " + std::to_string(latest) + " is complete only at its end";
    if (!same_space(group.dims, P::plan.group[latest].dims)) return "other extents than step " + std::to_string(latest);
    for (int m = group.first; m >= 0; m = P::plan.node[m].next)
        for (int k = 0; k < P::graph.node[m].arity; ++k)
            if (const int id = P::graph.node[m].in[k]; is_view(P::graph.node[id]) && root_of(P::graph, id) == through)
                return "reads step " + std::to_string(latest) + " at other places than it is written";
    if (group.rows == 0 && P::plan.group[latest].anchor != Kind::map)
        return "the tiles of step " + std::to_string(latest) + " know neither random numbers nor tables nor other layouts, plain loops do";
    return "a fold along rows that step " + std::to_string(latest) + " does not walk whole";
}
inline std::string padded(const std::string& s, std::size_t width, bool left = true) {
    const std::string space(s.size() < width ? width - s.size() : 0, ' ');
    return left ? s + space : space + s;
}
/// Its number, and in a loop the turns.
template <class P>
std::string number_of_step(int at) {
    const int turns = turns_of_group(P::graph, P::plan, at);
    return std::to_string(at) + (turns > 1 ? " x" + std::to_string(turns) : "");
}
/// Why launch `l` begins.   need: of its steps, see Launcher.
template <class P, class L>
std::string reason_of_launch(const L& pass, int l) {
    const LaunchPlan& launch = P::plan.launch[l];
    if (l == 0) return "the first";
    const int segment = P::plan.group[launch.first].segment;
    if (segment != P::plan.group[launch.first - 1].segment) return P::graph.segment[segment].turns > 0 ? "a loop begins" : "the loop before it ends";
    int step = -1, before = -1;
    for (int b = launch.first; b < launch.end; ++b)
        for (int a = 0; a < launch.first; ++a)
            if (pass.need[b][a] != Need::no && a >= before) step = b, before = a;
    if (before < P::plan.launch[l - 1].first) return "those before are large, of another sort, or many enough";
    const std::string a = std::to_string(before), b = std::to_string(step);
    if (pass.need[step][before] == Need::samples) return "step " + (pass.local[step] ? a : b) + " is too wide, or of a sort, to run on some samples at a time, and step " + b + " needs step " + a;
    return "step " + b + " needs step " + a + " done by all blocks";
}
/// The launches, where they are not simply the steps.
template <class P>
std::string explain_launches() {
    if constexpr (P::plan.launches == P::plan.groups) {
        return "";
    } else {
        auto plan = P::plan;
        Launcher pass{P::graph, plan, Ops<typename P::List>::facts, P::policy};
        pass.look();
        std::string out = padded("launch", 8) + padded("steps", 10) + "how; begins because\n";
        for (int l = 0; l < plan.launches; ++l) {
            const LaunchPlan& launch = plan.launch[l];
            std::string steps = std::to_string(launch.first), how = "alone";
            if (launch.join != LaunchKind::alone) steps += " to " + std::to_string(launch.end - 1);
            if (launch.join == LaunchKind::beside) how = "side by side";
            if (launch.join == LaunchKind::samples) how = "a block takes " + std::to_string(launch.samples) + " samples through all, keeping " + std::to_string(launch.block) + " bytes";
            out += padded(std::to_string(l), 8) + padded(steps, 10) + how + "; " + reason_of_launch<P>(pass, l) + "\n";
        }
        return out;
    }
}
}  // namespace detail

/// A table of a plan's kernels, and one of its launches where these are fewer. X, Place: as plan_of takes them, explain<Step>() or explain<Step, Cuda>().
template <class X, class... Place>
std::string explain() {
    using P = typename detail::PlanOf<X, Place...>::type;
    const std::size_t width = P::graph.segments > 1 ? 10 : 6;
    std::string out = detail::padded("step", width) + detail::padded("kernel", 13) + detail::padded("over", 22) + detail::padded("read", 10, false) +
                      detail::padded("written", 10, false) + detail::padded("MFLOP", 9, false) + "  computes; begins because\n";
    for (int at = 0; at < P::plan.groups; ++at) {
        const Group& group = P::plan.group[at];
        const StepFacts f = facts_of_step(P::graph, P::plan, Ops<typename P::List>::facts, at);
        std::string ops;
        int count = 0;
        detail::each_computed(P::graph, P::plan, at, [&](int id) {
            if (++count <= 6) ops += (ops.empty() ? "" : ", ") + detail::label<P>(id);
        });
        if (count > 6) ops += ", ... (" + std::to_string(count) + ")";
        const long kflop = f.flops / 1000;
        out += detail::padded(detail::number_of_step<P>(at), width) + detail::padded(detail::family(group), 13) + detail::padded(detail::shape_text(group.dims), 22) +
               detail::padded(std::to_string(f.read), 10, false) + detail::padded(std::to_string(f.written), 10, false) +
               detail::padded(std::to_string(kflop / 1000) + "." + std::to_string(kflop % 1000 / 100), 9, false) + "  " + ops + "; " + detail::reason<P>(at) + "\n";
    }
    const PlanFacts all = facts_of_plan<P>();
    const std::string launches = all.launches == all.kernels ? "" : std::to_string(all.launches) + " launches, ";
    return out + std::to_string(all.kernels) + " kernels, " + launches + std::to_string(all.bytes_moved) + " bytes moved, " + std::to_string(all.flops) + " operations, arena of " +
           std::to_string(all.arena_bytes) + " bytes; * marks what is kept in memory, () what each reader computes again\n" + detail::explain_launches<P>();
}

/// The same as Graphviz: a box a kernel, an arrow an array between kernels.
template <class X, class... Place>
std::string graphviz() {
    using P = typename detail::PlanOf<X, Place...>::type;
    std::string out = "digraph plan {\n  rankdir=TB; node [shape=box, fontname=\"sans-serif\", fontsize=10];\n";
    for (int at = 0; at < P::plan.groups; ++at) {
        std::string ops;
        detail::each_computed(P::graph, P::plan, at, [&](int id) { ops += "\\n" + detail::label<P>(id); });
        out += "  s" + std::to_string(at) + " [label=\"" + detail::number_of_step<P>(at) + ": " + detail::family(P::plan.group[at]) + " " + detail::shape_text(P::plan.group[at].dims) + ops +
               "\"];\n";
    }
    for (int at = 0; at < P::plan.groups; ++at) {
        bool seen[sizeof(P::graph.node) / sizeof(Node)] = {};
        const auto arrow = [&](int s) {
            if (P::plan.node[s].group >= 0)
                out += "  s" + std::to_string(P::plan.node[s].group) + " -> s" + std::to_string(at) + " [label=\"" + detail::shape_text(P::graph.node[s].dims) + "\", fontsize=8];\n";
        };
        for (int m = P::plan.group[at].first; m >= 0; m = P::plan.node[m].next)
            detail::each_read(P::graph, P::plan, m, at, [&](int s, long) {
                if (seen[s]) return;
                seen[s] = true;
                const Node& n = P::graph.node[s];
                if (n.kind != Kind::pack) return arrow(s);
                for (int i = 0; i < P::graph.sinks; ++i)  // its parts are the region's sinks
                    if (static_cast<int>(P::graph.sink[i].region) == n.attributes.value[0]) arrow(detail::root_of(P::graph, P::graph.sink[i].node));
            });
    }
    return out + "}\n";
}

}  // namespace strata
