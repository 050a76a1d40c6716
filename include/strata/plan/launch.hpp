// SPDX-License-Identifier: BSL-1.0
/// Which steps are one launch, and in what order launches run. Steps that keep to their samples follow each other within a block that has some
/// samples; small steps that do not need each other stand beside each other. The pass knows what steps read and write, and no op.
#pragma once

#include <strata/graph/cost.hpp>
#include <strata/plan/plan.hpp>
#include <strata/plan/reads.hpp>

namespace strata {

/// How step b depends on an earlier step: not; on the same samples of its results alone; on all of it, or on what it reads before b writes it.
enum class Need : unsigned char { no, samples, all };

namespace detail {

inline constexpr int most_joined = 24;            ///< steps of a launch
inline constexpr int rows_of_block = 16;          ///< that a block takes through a product at a time
inline constexpr long most_of_sample = 1024;      ///< elements of a step's result, for one sample, where blocks have samples
inline constexpr long most_of_block = 32768;      ///< bytes for what stays in a block
inline constexpr long small_step = 1L << 27;      ///< operations up to which a step shares a launch with others beside it

/// Whether two places outside the arena share memory in some turn.
template <class G>
constexpr bool overlap(const G& g, const Sink& a, long a_size, const Sink& b, long b_size) {
    if (a.region != b.region || a.index != b.index) return false;
    if (a.region == Region::carry && a.turn.places > 0 && b.turn.places > 0) return (a.turn.phase - b.turn.phase) % g.stack[a.index].places == 0;
    if (!(a.turn == b.turn)) return true;
    return a.offset < b.offset + b_size && b.offset < a.offset + a_size;
}

/// The pass. Groups: as many as the plan has room for.
template <class G, int N, int Groups>
struct Launcher {
    const G& g;
    Plan<N, Groups>& plan;
    const OpFacts* facts;
    Policy policy;
    Need need[Groups][Groups]{};  ///< [b][a]: of step b for step a < b of its segment
    bool local[Groups]{};         ///< can run on some samples at a time, given the same samples of what it reads
    bool small[Groups]{};

    // --- what steps are to each other --------------------------------------------------------------------------------------------
    constexpr bool is_column(int id) const { return plan.node[id].column; }
    /// Whether each sample of `id`, an operand within group `at`, lies in the same sample of its root.
    constexpr bool keeps_samples(int id, int at) const {
        const Dims &d = g.node[id].dims, &space = plan.group[at].dims;
        const View v = view_of(g, plan, id, policy.lanes);
        const Dims& root = g.node[v.root].dims;
        if (!v.valid || !root.bounded() || !d.bounded() || plan.node[v.root].lanes || d.rank != space.rank || d.extent[0] != space.extent[0]) return false;
        if (plan.capacity == 1) return true;
        const long unit = capacity(d.extent[0]) / plan.capacity, sample = root.size() / plan.capacity;
        long last = v.offset + (unit - 1) * v.stride[0];
        for (int i = 1; i < d.rank; ++i) last += (v.high[i] > 0 ? v.high[i] - v.low[i] - 1 : capacity(d.extent[i]) - 1) * v.stride[i];
        return v.high[0] == 0 && unit * v.stride[0] == sample && last < sample;
    }
    constexpr bool is_local(int at) const {
        const Group& group = plan.group[at];
        const Node& anchor = g.node[group.node];
        if (!group.dims.bounded() || group.dims.size() / plan.capacity > most_of_sample) return false;
        if (group.anchor == Kind::contract) {
            const Dims &a = g.node[anchor.in[0]].dims, &b = g.node[anchor.in[1]].dims;
            if (group.dims.rank != 2 || anchor.attributes.value[0] != 0 || !a.bounded() || b.bounded()) return false;
            if (tiles_for(policy, g.node[root_of(g, anchor.in[0])].type, capacity(group.dims.extent[0]), group.dims.extent[1], a.extent[1]).m > 0) return false;  // there are no tiles there
            if (group.dims.extent[1] > policy.narrow || a.extent[1] > policy.narrow || g.node[root_of(g, anchor.in[0])].type != anchor.type || g.node[root_of(g, anchor.in[1])].type != anchor.type) return false;
        } else if (group.anchor != Kind::map || (group.rows >> (group.dims.rank - 1) & 1u)) {
            return false;
        }
        for (int m = group.first; m >= 0; m = plan.node[m].next)
            if (is_column(m) ? g.node[m].dims.bounded() : !g.node[m].dims.bounded() || g.node[m].dims.rank != group.dims.rank) return false;
        return true;
    }
    constexpr void needs(int b, int a, Need how) {
        if (b < a) {
            const int other = a;
            a = b;
            b = other;
            how = Need::all;
        }
        if (a != b && plan.group[a].segment == plan.group[b].segment && how > need[b][a]) need[b][a] = how;
    }
    constexpr void look() {
        bool sunk[N] = {};
        for (int i = 0; i < g.sinks; ++i) sunk[root_of(g, g.sink[i].node)] = true;
        for (int at = 0; at < plan.groups; ++at) {
            long flops = 0;
            each_computed(g, plan, at, [&](int id) { flops += flops_of(g, id, facts); });
            each_source(g, plan, at, [&](int id, int k, int s) { read(at, id, k, s, sunk[s]); });
            local[at] = policy.narrow > 0 && is_local(at);
            small[at] = flops <= small_step;
        }
        for (int i = 0; i < g.sinks; ++i)
            for (int k = 0; k < i; ++k) {
                const int a = root_of(g, g.sink[i].node), b = root_of(g, g.sink[k].node);
                if (a != b && overlap(g, g.sink[i], g.node[a].dims.size(), g.sink[k], g.node[b].dims.size())) needs(plan.node[a].group, plan.node[b].group, Need::all);
            }
    }
    /// What comes from reading root s, operand k of node id, in group `at`.
    constexpr void read(int at, int id, int k, int s, bool is_sunk) {
        const Node& n = g.node[s];
        const Node& reader = g.node[id];
        if (plan.node[s].group >= 0) {
            const bool whole = is_column(s) || is_table(reader, k) || (reader.kind == Kind::contract && k == 1) || !keeps_samples(reader.in[k], at);
            needs(at, plan.node[s].group, whole ? Need::all : Need::samples);
        }
        if (n.kind != Kind::leaf && n.kind != Kind::pack && !is_sunk) return;
        const auto meets = [&](const Sink& place) {
            if (place.region == Region::input || place.region == Region::scalar) return;
            for (int i = 0; i < g.sinks; ++i) {
                const int w = root_of(g, g.sink[i].node);
                if (w != s && overlap(g, place, n.dims.size(), g.sink[i], g.node[w].dims.size())) needs(at, plan.node[w].group, Need::all);
            }
        };
        if (is_sunk) {
            for (int i = 0; i < g.sinks; ++i)
                if (root_of(g, g.sink[i].node) == s) meets(g.sink[i]);
        } else if (n.kind == Kind::pack) {
            for (int i = 0; i < g.sinks; ++i)
                if (static_cast<int>(g.sink[i].region) == n.attributes.value[0]) needs(at, plan.node[root_of(g, g.sink[i].node)].group, Need::all);
        } else {
            meets(place_of_leaf(s, n));
        }
    }

    // --- launches ----------------------------------------------------------------------------------------------------------------
    int launch_of[Groups]{};  ///< 1 + it, by the groups' numbers before the pass; 0: not yet
    int order[Groups]{}, ordered = 0;

    /// Whether group b can be in the launch that is being made: what it needs came before, or (where `within`) is there by samples alone.
    constexpr bool ready(int b, int first, bool within) const {
        for (int a = first; a < b; ++a) {
            if (need[b][a] == Need::no) continue;
            if (launch_of[a] == 0) return false;
            if (launch_of[a] == plan.launches + 1 && !(within && need[b][a] == Need::samples)) return false;
        }
        return true;
    }
    constexpr int take(int first, int end, LaunchKind join) {
        int count = 0;
        for (int b = first; b < end && count < most_joined; ++b) {
            if (launch_of[b] != 0 || !ready(b, first, join == LaunchKind::samples) || (join == LaunchKind::samples ? !local[b] : count > 0 && !(small[b] && policy.beside))) continue;
            launch_of[b] = plan.launches + 1;
            order[ordered++] = b;
            ++count;
            if (join == LaunchKind::beside && !small[b]) break;
        }
        return count;
    }
    constexpr void close(int count, LaunchKind join) {
        LaunchPlan& l = plan.launch[plan.launches++];
        l.first = ordered - count;
        l.end = ordered;
        l.join = count == 1 ? LaunchKind::alone : join;
        if (l.join == LaunchKind::samples) {
            int unit = 1;
            for (int i = l.first; i < l.end; ++i)
                if (const Dims& d = plan.group[order[i]].dims; plan.group[order[i]].anchor == Kind::contract && capacity(d.extent[0]) / plan.capacity > unit) unit = capacity(d.extent[0]) / plan.capacity;
            l.samples = rows_of_block / unit < 1 ? 1 : rows_of_block / unit;
            if (l.samples > plan.capacity) l.samples = plan.capacity;
        }
    }
    constexpr void join() {
        for (int first = 0, end = 0; first < plan.groups; first = end) {
            while (end < plan.groups && plan.group[end].segment == plan.group[first].segment) ++end;
            while (ordered < end) {
                const int before = ordered;
                if (const int count = take(first, end, LaunchKind::samples); count > 1) {
                    close(count, LaunchKind::samples);
                    continue;
                }
                while (ordered > before) launch_of[order[--ordered]] = 0;
                close(take(first, end, LaunchKind::beside), LaunchKind::beside);
            }
        }
    }
    /// Puts the groups into the order of the launches.
    constexpr void renumber() {
        Group moved[Groups] = {};
        int place[Groups] = {};
        for (int i = 0; i < plan.groups; ++i) {
            moved[i] = plan.group[order[i]];
            moved[i].launch = launch_of[order[i]] - 1;
            place[order[i]] = i;
        }
        for (int i = 0; i < plan.groups; ++i) plan.group[i] = moved[i];
        for (int i = 0; i < g.nodes; ++i) {
            NodePlan& p = plan.node[i];
            if (p.group >= 0) p.group = place[p.group];
            p.last_use = -1;
        }
        for (int at = 0; at < plan.groups; ++at) each_source(g, plan, at, [&](int, int, int s) { plan.node[s].last_use = at; });
    }
    /// What only its own launch reads stays in the block, where there is room.
    constexpr void keep_in_blocks() {
        bool away[N] = {};
        for (int i = 0; i < g.sinks; ++i) away[root_of(g, g.sink[i].node)] = true;
        for (int at = 0; at < plan.groups; ++at)
            each_source(g, plan, at, [&](int, int, int s) { away[s] = away[s] || (plan.node[s].group >= 0 && plan.group[plan.node[s].group].launch != plan.group[at].launch); });
        for (int at = 0; at < plan.groups; ++at) {
            LaunchPlan& l = plan.launch[plan.group[at].launch];
            if (l.join != LaunchKind::samples) continue;
            for (int m = plan.group[at].first; m >= 0; m = plan.node[m].next) {
                NodePlan& p = plan.node[m];
                const Node& n = g.node[m];
                if (!p.stored || p.column || away[m]) continue;
                const long bytes = n.dims.size() / plan.capacity * size_of(n.type), all = round_up(bytes * l.samples, 16);
                if (l.block + all > most_of_block) continue;
                p.region = Region::block;
                p.index = static_cast<int>(bytes);
                p.offset = l.block;
                l.block += all;
            }
        }
    }
};
template <class G, int N, int Groups>
Launcher(const G&, Plan<N, Groups>&, const OpFacts*, Policy) -> Launcher<G, N, Groups>;
}  // namespace detail

/// Orders the groups of a plan and makes launches of them; with a policy that joins none, a launch a group, in order.
/// A value that stays in a block has the region `block`; its index is its bytes for one sample, its offset counts from where the block's memory begins.
/// Needs: the plan's capacity, and layouts.   Places are given afterwards: what launches join lives as long as they do.
template <class G, int N, int Groups>
constexpr void join_launches(const G& g, Plan<N, Groups>& plan, const OpFacts* facts, const Policy& policy) {
    if (policy.narrow == 0 && !policy.beside) {
        for (int at = 0; at < plan.groups; ++at) {
            plan.group[at].launch = at;
            plan.launch[at] = LaunchPlan{at, at + 1, LaunchKind::alone, 0, 0};
        }
        plan.launches = plan.groups;
        return;
    }
    detail::Launcher<G, N, Groups> pass{g, plan, facts, policy};
    pass.look();
    pass.join();
    pass.renumber();
    pass.keep_in_blocks();
}

}  // namespace strata
