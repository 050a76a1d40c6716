// SPDX-License-Identifier: BSL-1.0
/// Which nodes become one kernel. One pass in the graph's order: a node joins the last group among its operands where its extents
/// fit, else opens one; then neighbours that fit into one are united. Groups come out in an order in which they can run; those of a loop's body are its own.
#pragma once

#include <utility>

#include <strata/core/error.hpp>
#include <strata/plan/plan.hpp>
#include <strata/plan/recompute.hpp>
#include <strata/plan/space.hpp>
#include <strata/plan/unite.hpp>

namespace strata {

namespace detail {

/// Longest row of a product's operand that is computed within the product: some rows of it have to lie in the second cache.
inline constexpr long prologue_row_bytes = 16384;

/// Members times passes over a row, from where on a kernel takes no further pass: cheap values are computed anew in each, and a kernel has
/// room for so many instructions.
inline constexpr int most_in_passes = 240;

/// The pass, with what it remembers.
template <class G, int N>
struct Fuser {
    const G& g;
    Policy policy;
    Plan<N, N> plan{};
    bool sunk[N] = {};
    bool anchored[N] = {};  ///< read by a product, window or scatter, as a table, or through a view that is no broadcast, so in need of a place
    int readers[N] = {};
    bool leads[N] = {};  ///< only a product reads it, as the plain rows of its left operand: could be computed a few rows at a time
    int shown[N] = {};     ///< the node whose value a view shows; others themselves
    bool viewed[N] = {};   ///< through more than broadcasts
    int segment = 0, barrier = 0;  ///< at work, and its first group
    int read_by[N] = {}, group_read_by[N] = {}, reader = 0;  ///< what the node at work reads
    int seen[N] = {}, walk = 0;  ///< who was met in a walk over operands: shared ones are met once, or a walk would take each path to them

    constexpr bool met(int id) {
        const bool before = seen[id] == walk;
        seen[id] = walk;
        return before;
    }

    /// Steps over views: broadcasts, which the reader does itself, and others; `through` tells whether one of these lies between.
    constexpr int source(int id, bool& through) const {
        through = through || viewed[id];
        return shown[id];
    }
    constexpr int source(int id) const { return shown[id]; }
    static constexpr bool outside(const Node& n) { return n.kind == Kind::leaf || n.kind == Kind::constant || n.kind == Kind::index || n.kind == Kind::pack; }

    /// First group in which operand `id` can be used.
    constexpr int ready(int id) const {
        bool through = false;
        const int s = source(id, through);
        const NodePlan& p = plan.node[s];
        if (g.node[s].kind == Kind::pack) return p.ready;
        if (outside(g.node[s]) || plan.node[s].pending) return -1;
        return through && !p.floating && p.ready == p.group ? p.ready + 1 : p.ready;
    }
    /// The same of an operand of n: a table has to be complete, as what is read through a view.
    constexpr int ready(const Node& n, int k) const { return ready(n.in[k]) + (is_table(n, k) && ready(n.in[k]) >= 0 ? 1 : 0); }
    /// First group in which node id can be computed, with all that is still to be placed before it.
    constexpr int earliest(int id) { return ++walk, earliest_from(id); }
    constexpr int earliest_from(int id) {
        int first = -1;
        for (int k = 0; k < g.node[id].arity; ++k) {
            const int s = source(g.node[id].in[k]);
            int r = ready(g.node[id], k);
            if (plan.node[s].pending && !met(s)) r = earliest_from(s);
            if (r > first) first = r;
        }
        return first;
    }

    /// Whether what node id reads, itself or through what is computed again for it, or that too, holds what is sought; what the walk has met is left out.
    template <class Sought>
    constexpr bool reads(int id, const Sought& sought) {
        for (int k = 0; k < g.node[id].arity; ++k) {
            const int s = source(g.node[id].in[k]);
            if (met(s)) continue;
            if (sought(s) || ((plan.node[s].floating || plan.node[s].pending) && reads(s, sought))) return true;
        }
        return false;
    }
    /// Marks what node id reads, and the groups that left it, where two kernels that read it are worth one: numbers are not.
    constexpr void mark_reads(int id) {
        reads(id, [this](int s) {
            if (g.node[s].kind != Kind::constant && (g.node[s].dims.size() > 1 || plan.node[s].floating)) {
                read_by[s] = reader;
                if (plan.node[s].group >= 0) group_read_by[plan.node[s].group] = reader;
            }
            return false;
        });
    }
    /// Whether a group reads memory that is marked, or what the same kernel left, or computes again what the marked node would: both at once
    /// save traffic, work or a kernel.
    constexpr bool reads_marked(int group) {
        ++walk;
        for (int m = plan.group[group].first; m >= 0; m = plan.node[m].next)
            if (reads(m, [this, group](int s) {
                    const int kernel = plan.node[s].group;
                    return read_by[s] == reader || (kernel >= 0 && kernel != group && group_read_by[kernel] == reader);
                }))
                return true;
        return false;
    }

    /// Whether the operands of n that come from elsewhere can be addressed from the places of a product's or window's result.
    constexpr bool addressable(const Group& group, const Node& n) const {
        if (loops_only(g, n)) return false;
        for (int k = 0; k < n.arity; ++k) {
            bool through = false;
            const int s = source(n.in[k], through);
            int found = n.in[k];  // kernels step over broadcasts alone
            while (is_view(g.node[found]) && move_of(g.node[found]) == Move::broadcast) found = g.node[found].in[0];
            const Dims& d = g.node[found].dims;
            if (g.node[s].kind == Kind::random || g.node[s].kind == Kind::index) return false;
            if (plan.node[s].floating && !addressable(group, g.node[s])) return false;
            if (plan.node[s].floating || group.anchor == Kind::contract) continue;
            const bool channel = extent_from_end(d, 0) == 1 && extent_from_end(d, 1) == 1 && extent_from_end(d, 3) == 1 &&
                                 (extent_from_end(d, 2) == 1 || !gives_weights(g.node[group.node]));
            if (!same_space(d, group.dims) && !channel) return false;
            if (same_space(d, group.dims) && (g.node[s].kind == Kind::leaf || through)) return false;
        }
        return true;
    }

    /// Whether node id reads, itself or through what is computed again for it, what the group's rows have in common.
    constexpr bool reads_fold(int id, int at, bool (&visited)[N]) const {
        const Group& group = plan.group[at];
        for (int k = 0; k < g.node[id].arity; ++k) {
            const int s = source(g.node[id].in[k]);
            const Dims& d = g.node[s].dims;
            if (plan.node[s].group == at && !same_space(d, group.dims) && is_row_space(d, group.dims, group.rows)) return true;
            if (plan.node[s].floating && !std::exchange(visited[s], true) && reads_fold(s, at, visited)) return true;
        }
        return false;
    }
    /// Whether node id goes along rows of the group again, by what a first pass over them has left, and all threads share them.
    constexpr bool waits_for_rows(int id, int at) const {
        const Node& n = g.node[id];
        const Group& group = plan.group[at];
        if (policy.longest_row == 0 || !group.rows || !folds_together(group.dims, group.rows, policy.longest_row)) return false;
        bool visited[N] = {};
        return same_space(n.kind == Kind::reduce ? g.node[n.in[0]].dims : n.dims, group.dims) && reads_fold(id, at, visited);
    }

    constexpr bool fits(int id, int at) const {
        const Node& n = g.node[id];
        const Group& group = plan.group[at];
        if (!policy.fuse) return false;
        if (group.members > 60) return false;
        if (group.anchor == Kind::map) {
            if (waits_for_rows(id, at)) return false;
            if (pointwise(n) || n.kind == Kind::random || n.kind == Kind::gather) return same_space(n.dims, group.dims) || (group.rows && is_row_space(n.dims, group.dims, group.rows));
            if (n.kind == Kind::reduce) {
                bool through = false;
                const int s = source(n.in[0], through);
                const Dims& from = g.node[n.in[0]].dims;
                if (through && plan.node[s].group == at) return false;
                const unsigned folded = folded_axes(from, n.dims);
                const bool row_value = group.rows && is_row_space(from, group.dims, group.rows);
                if (row_value) return plan.node[s].group == at && n.attributes.value[0] == static_cast<int>(Fold::sum) && folds_rows(group.dims, group.rows, folded);
                if (!same_space(from, group.dims)) return false;
                if (folds_columns(from, folded) && !(group.rows && folded == group.rows)) return n.attributes.value[0] == static_cast<int>(Fold::sum);
                return group.rows == 0 ? !has_columns(at, folded) : folded == group.rows && group.members * passes(s, at) < most_in_passes;
            }
            return false;
        }
        if (group.anchor == Kind::scatter || (gives_weights(g.node[group.node]) && !policy.after_weights)) return false;
        if (group.anchor != Kind::contract && keeps_rows(n)) return false;  // the result may lie batch innermost
        if (pointwise(n)) return same_space(n.dims, group.dims) && n.type != DType::boolean && addressable(group, n);
        if (n.kind == Kind::reduce && group.anchor == Kind::contract) {
            bool through = false;
            const int s = source(n.in[0], through);
            return !through && plan.node[s].group == at && n.attributes.value[0] == static_cast<int>(Fold::sum) && group.dims.rank == 2 && n.in[0] == s &&
                   folded_axes(g.node[s].dims, n.dims) == 2u && g.node[s].dims.extent[1] != 1;
        }
        return false;
    }
    /// How many folds of the group's rows, each of which needs the one before it, come before node id.
    constexpr int passes(int id, int at) const {
        if (plan.group[at].members * plan.group[at].members < most_in_passes) return 0;  // of few members none has so many before it
        int before[N] = {};
        for (int i = 0; i <= id; ++i) {
            const NodePlan& p = plan.node[i];
            if (is_view(g.node[i]) || (p.group != at && !p.floating && !p.pending)) continue;
            for (int k = 0; k < g.node[i].arity; ++k)
                if (const int s = source(g.node[i].in[k]); before[s] > before[i]) before[i] = before[s];
            before[i] += p.group == at && g.node[i].kind == Kind::reduce && !p.column;
        }
        return before[id];
    }
    constexpr bool has_columns(int at, unsigned folded) const {
        for (int m = plan.group[at].first; m >= 0; m = plan.node[m].next)
            if (plan.node[m].column && (folded_axes(plan.group[at].dims, g.node[m].dims) & folded)) return true;
        return false;
    }

    constexpr void use(int id, int at) {
        bool through = false;
        const int s = source(id, through);
        NodePlan& p = plan.node[s];
        if (p.floating) {
            if (met(s)) return;
            for (int k = 0; k < g.node[s].arity; ++k) use(g.node[s].in[k], at);
        } else {
            if (p.group >= 0 && (p.group != at || through)) p.stored = true;
            if (p.last_use < at) p.last_use = at;
        }
    }

    constexpr void put(int id, int at) {
        const Node& n = g.node[id];
        NodePlan& p = plan.node[id];
        Group& group = plan.group[at];
        (group.first < 0 ? group.first : plan.node[group.last].next) = id;
        group.last = id;
        ++group.members;
        p.group = at;
        p.ready = at;
        if (n.kind == Kind::reduce) {
            const Dims& from = g.node[n.in[0]].dims;
            const unsigned folded = folded_axes(from, n.dims);
            const bool row_value = group.anchor == Kind::map && group.rows && is_row_space(from, group.dims, group.rows);
            const bool sums = n.attributes.value[0] == static_cast<int>(Fold::sum);
            p.column = group.anchor != Kind::map || row_value || (sums && folds_columns(from, folded) && folded != group.rows);
            if (p.column)
                p.ready = at + 1;
            else
                group.rows = folded;
        }
        ++walk;
        for (int k = 0; k < n.arity; ++k) use(n.in[k], at);
    }
    constexpr int open(int id) {
        const Node& n = g.node[id];
        Group& group = plan.group[plan.groups];
        group.anchor = anchors(n) ? n.kind : Kind::map;
        group.node = id;
        group.first = group.last = -1;
        group.dims = n.kind == Kind::reduce ? g.node[n.in[0]].dims : n.dims;
        group.segment = segment;
        return plan.groups++;
    }
    /// Gives a floating or pending node a kernel and a place of its own.
    constexpr void materialise(int id) {
        const int s = source(id);
        if (plan.node[s].floating || plan.node[s].pending) {
            plan.node[s].floating = plan.node[s].pending = false;
            place(s);
        }
        plan.node[s].stored = plan.node[s].group >= 0;
    }

    /// Whether what node id still needs could be computed in group `at` too.
    constexpr bool brings(int id, int at) { return ++walk, brings_from(id, at); }
    constexpr bool brings_from(int id, int at) {
        for (int k = 0; k < g.node[id].arity; ++k) {
            bool through = false;
            const int s = source(g.node[id].in[k], through);
            const NodePlan& p = plan.node[s];
            if (p.pending && through) return false;
            if ((!p.floating && !p.pending) || met(s)) continue;
            if (p.pending && !fits(s, at)) return false;
            if (!brings_from(s, at)) return false;
        }
        return true;
    }
    /// Puts a node and, before it, what it still needs.
    constexpr void put_all(int id, int at) {
        int order[N], count = 0;
        ++walk;
        settle(id, order, count);
        for (int i = 0; i < count; ++i) {
            plan.node[order[i]].pending = false;
            if (!fits(order[i], at)) detail::refuse("strata: a pending value was left behind; report this as a defect");
            put(order[i], at);
        }
        put(id, at);
    }
    /// Lists what is pending before node id, in an order in which it can be computed.
    constexpr void settle(int id, int* order, int& count) {
        for (int k = 0; k < g.node[id].arity; ++k) {
            const int s = source(g.node[id].in[k]);
            const NodePlan& p = plan.node[s];
            if ((!p.floating && !p.pending) || met(s)) continue;
            settle(s, order, count);
            if (p.pending) order[count++] = s;
        }
    }
    /// Places what node id needs and what does not fit into a group of its own kind.
    constexpr void place_needs(int id, const Dims& space) {
        int apart[N], count = 0;
        ++walk;
        list_needs(id, space, apart, count);
        for (int i = 0; i < count; ++i) materialise(apart[i]);
    }
    constexpr void list_needs(int id, const Dims& space, int* apart, int& count) {
        for (int k = 0; k < g.node[id].arity; ++k) {
            bool through = false;
            const int s = source(g.node[id].in[k], through);
            const NodePlan& p = plan.node[s];
            if ((!p.floating && !p.pending)) continue;
            if (p.pending && (through || !same_space(g.node[s].dims, space)))
                apart[count++] = s;
            else if (!met(s))
                list_needs(s, space, apart, count);
        }
    }

    /// Whether all that is pending below node `id` can be computed a few rows at a time within the product that reads it.
    constexpr bool forms_prologue(int id) {
        if (!leads[id] || !plan.node[id].pending || long{capacity(g.node[id].dims.extent[1])} * size_of(g.node[id].type) > prologue_row_bytes) return false;
        ++walk;
        return chain_of_maps(id);
    }
    constexpr bool chain_of_maps(int id) {
        if (loops_only(g, g.node[id])) return false;
        for (int k = 0; k < g.node[id].arity; ++k) {
            bool through = false;
            const int s = source(g.node[id].in[k], through);
            if (g.node[s].kind == Kind::random || g.node[s].kind == Kind::index) return false;
            const bool computed = plan.node[s].pending || plan.node[s].floating;
            if (!computed || met(s)) continue;
            if (through || (cost(g.node[s]) >= 8 && readers[s] > 1) || !chain_of_maps(s)) return false;
        }
        return true;
    }
    constexpr void float_chain(int id) {
        plan.node[id].pending = false;
        plan.node[id].floating = true;
        for (int k = 0; k < g.node[id].arity; ++k) {
            const int s = source(g.node[id].in[k]);
            if (plan.node[s].pending) float_chain(s);
        }
    }

    constexpr void place(int id) {
        const Node& n = g.node[id];
        place_needs(id, n.kind == Kind::reduce ? g.node[n.in[0]].dims : n.dims);
        const int ready = earliest(id), first = ready < barrier ? barrier - 1 : ready;
        if (!anchors(n)) {
            if (first >= barrier && first < plan.groups && fits(id, first) && brings(id, first)) return put_all(id, first);
            // A neighbour that reads the same memory.
            ++walk, ++reader;
            mark_reads(id);
            for (int at = plan.groups - 1; at >= 0 && at > first && at >= plan.groups - 8; --at)
                if (reads_marked(at) && fits(id, at) && brings(id, at)) return put_all(id, at);
            // One number, beside a fold of rows: a kernel less.
            const int last = plan.groups - 1;
            if (n.dims.size() == 1 && last > first && last >= barrier && plan.group[last].rows && fits(id, last) && brings(id, last)) return put_all(id, last);
        }
        put_all(id, open(id));
    }

    constexpr bool floats(int id) const {
        const Node& n = g.node[id];
        if (!policy.fuse || !policy.recompute || sunk[id] || anchored[id]) return false;
        if (n.kind == Kind::random) return true;
        if ((n.kind != Kind::map && n.kind != Kind::gather) || cost(n) >= 8) return false;
        for (int k = 0; k < n.arity; ++k) {
            const int s = source(n.in[k]);
            const NodePlan& p = plan.node[s];
            if (outside(g.node[s]) || p.floating || p.stored || (p.group >= 0 && (anchored[s] || sunk[s] || (p.column && cost(n) <= 1)))) continue;
            if (n.derived && !g.node[s].derived && p.group >= 0 && !p.column) continue;
            // Products and windows keep no truth values: these are formed where they are asked for.
            if (n.type == DType::boolean && p.group >= 0 && !p.column && plan.group[p.group].anchor != Kind::map) continue;
            return false;
        }
        return true;
    }
    constexpr bool from_leaves(const Node& n) const {
        for (int k = 0; k < n.arity; ++k)
            if (ready(n, k) >= 0) return false;
        return true;
    }
    constexpr int cost(const Node& n) const { return n.op < 0 ? 1 : costs[n.op]; }
    int costs[256] = {};

    constexpr void run(const OpFacts* facts, int ops) {
        for (int i = 0; i < ops && i < 256; ++i) costs[i] = facts[i].cost;
        for (int i = 0; i < g.nodes; ++i) {
            const bool view = is_view(g.node[i]);
            const int from = g.node[i].in[0];
            shown[i] = view ? shown[from] : i;
            viewed[i] = view && (viewed[from] || move_of(g.node[i]) != Move::broadcast);
        }
        for (int i = 0; i < g.sinks; ++i) sunk[source(g.sink[i].node)] = true;
        for (int i = 0; i < g.nodes; ++i) {
            NodePlan& p = plan.node[i];
            p.group = p.next = p.ready = p.last_use = -1;
            p.region = Region::arena;
        }
        for (int i = 0; i < g.nodes; ++i) {
            const Node& n = g.node[i];
            if (is_view(n)) continue;
            for (int k = 0; k < n.arity; ++k) {
                bool through = false;
                const int s = source(n.in[k], through);
                anchored[s] = anchored[s] || anchors(n) || through || is_table(n, k);
                ++readers[s];
                leads[s] = n.kind == Kind::contract && k == 0 && n.in[0] == s && n.attributes.value[0] == 0 && n.dims.rank == 2 && pointwise(g.node[s]) &&
                           g.node[s].type == n.type;
            }
        }
        for (int i = 0; i < g.nodes; ++i) leads[i] = leads[i] && readers[i] == 1;
        int sunk_until = -1;  // last group that fills a packed block
        for (int i = 0; i < g.nodes; ++i) {
            const Node& n = g.node[i];
            if (n.kind == Kind::leaf || n.kind == Kind::constant || n.kind == Kind::index || is_view(n)) continue;
            if (n.segment != segment) {
                segment = n.segment;
                barrier = plan.groups;
            }
            if (n.kind == Kind::pack) {
                plan.node[i].ready = sunk_until + 1;
                continue;
            }
            if (n.kind == Kind::gather) materialise(n.in[0]);
            if (floats(i)) {
                NodePlan& p = plan.node[i];
                p.floating = true;
                for (int k = 0; k < n.arity; ++k) {
                    const int r = ready(n, k);
                    if (r > p.ready) p.ready = r;
                }
                continue;
            }
            if (pointwise(n) && !sunk[i] && (!anchored[i] || leads[i]) && policy.fuse && from_leaves(n)) {
                plan.node[i].pending = true;
                continue;
            }
            if (anchors(n))
                for (int k = 0; k < n.arity; ++k) {
                    if (k == 0 && n.kind == Kind::contract && forms_prologue(n.in[0]))
                        float_chain(n.in[0]);
                    else
                        materialise(n.in[k]);
                }
            place(i);
            if (sunk[i] && plan.node[i].group > sunk_until) sunk_until = plan.node[i].group;
        }
        if (policy.fuse && Uniter<Fuser, N>{*this}.run()) count_uses();
        for (int i = 0; i < g.sinks; ++i) {
            const int s = source(g.sink[i].node);
            plan.node[s].stored = plan.node[s].group >= 0;
        }
        if (policy.fuse && policy.recompute) Recomputer<Fuser, N>{*this}.run();
        close_gaps(plan, g.nodes);
    }
    constexpr void count_uses() {
        for (int i = 0; i < g.nodes; ++i) {
            plan.node[i].stored = false;
            plan.node[i].last_use = -1;
        }
        for (int at = 0; at < plan.groups; ++at)
            for (int m = plan.group[at].first; m >= 0; m = plan.node[m].next) {
                ++walk;
                for (int k = 0; k < g.node[m].arity; ++k) use(g.node[m].in[k], at);
            }
    }
};

}  // namespace detail

/// Groups of nodes that become kernels.
template <class G>
constexpr auto fuse(const G& g, const OpFacts* facts, int ops, const Policy& policy) {
    constexpr int n = static_cast<int>(sizeof(g.node) / sizeof(Node));
    detail::Fuser<G, n> fuser{g, policy};
    fuser.run(facts, ops);
    return fuser.plan;
}

}  // namespace strata
