// SPDX-License-Identifier: BSL-1.0
/// Lifetimes become places: every stored node gets an offset that no value alive at the same time shares.
#pragma once

#include <strata/plan/plan.hpp>

namespace strata {

namespace detail {
inline constexpr long alignment = 64;

/// A value with a life: groups [first, last], bytes; the pass fills in the offset.
struct Life {
    int node{}, first{}, last{};
    long bytes{}, offset{};
};

/// Places lives in order of their beginning into the smallest gap that takes them; near linear.   Returns the bytes in use at the most.
template <int N>
constexpr long sweep(Life (&life)[N], int count) {
    struct Gap {
        long begin, end;
    };
    Gap gap[N + 2] = {};
    int gaps = 0;
    long top = 0;
    // Which lives end at which group, as linked lists.
    int ends[N + 1] = {}, next[N] = {};
    for (int& e : ends) e = -1;
    int now = 0;
    for (int i = 0; i < count; ++i) {
        while (now < life[i].first) {
            for (int e = now < N ? ends[now] : -1; e >= 0; e = next[e]) {
                const long a = life[e].offset, b = a + life[e].bytes;
                int at = 0;
                while (at < gaps && gap[at].begin < a) ++at;
                const bool left = at > 0 && gap[at - 1].end == a, right = at < gaps && gap[at].begin == b;
                if (left && right) {
                    gap[at - 1].end = gap[at].end;
                    for (int k = at; k + 1 < gaps; ++k) gap[k] = gap[k + 1];
                    --gaps;
                } else if (left) {
                    gap[at - 1].end = b;
                } else if (right) {
                    gap[at].begin = a;
                } else {
                    for (int k = gaps; k > at; --k) gap[k] = gap[k - 1];
                    gap[at] = Gap{a, b};
                    ++gaps;
                }
            }
            ++now;
        }
        int best = -1;
        for (int k = 0; k < gaps; ++k)
            if (gap[k].end - gap[k].begin >= life[i].bytes && (best < 0 || gap[k].end - gap[k].begin < gap[best].end - gap[best].begin)) best = k;
        if (best >= 0) {
            life[i].offset = gap[best].begin;
            gap[best].begin += life[i].bytes;
            if (gap[best].begin == gap[best].end) {
                for (int k = best; k + 1 < gaps; ++k) gap[k] = gap[k + 1];
                --gaps;
            }
        } else if (gaps > 0 && gap[gaps - 1].end == top) {
            life[i].offset = gap[gaps - 1].begin;
            top = life[i].offset + life[i].bytes;
            --gaps;
        } else {
            life[i].offset = top;
            top += life[i].bytes;
        }
        const int last = life[i].last < N ? life[i].last : N;
        next[i] = ends[last];
        ends[last] = i;
    }
    return top;
}

/// Places lives by decreasing size, each at the lowest offset that is free for all of its life; quadratic.   Returns the bytes in use at the most.
template <int N>
constexpr long first_fit(Life (&life)[N], int count) {
    int order[N] = {};
    for (int i = 0; i < count; ++i) {
        int at = i;
        for (; at > 0 && life[order[at - 1]].bytes < life[i].bytes; --at) order[at] = order[at - 1];
        order[at] = i;
    }
    long top = 0;
    int placed[N] = {};  // by offset
    for (int i = 0; i < count; ++i) {
        Life& l = life[order[i]];
        long at = 0;
        for (int k = 0; k < i; ++k) {
            const Life& o = life[placed[k]];
            if (o.last < l.first || l.last < o.first) continue;
            if (o.offset >= at + l.bytes) break;
            if (o.offset + o.bytes > at) at = o.offset + o.bytes;
        }
        l.offset = at;
        int k = i;
        for (; k > 0 && life[placed[k - 1]].offset > at; --k) placed[k] = placed[k - 1];
        placed[k] = order[i];
        if (at + l.bytes > top) top = at + l.bytes;
    }
    return top;
}
/// Marks what node `id` reads, itself or through what it computes again, of a loop that the reader's segment is not: a place is needed for each turn.
template <class G, class P>
constexpr void stack_reads(const G& g, P& plan, int id, int reader, int* seen, int walk) {
    for (int k = 0; k < g.node[id].arity; ++k) {
        const int s = root_of(g, g.node[id].in[k]);
        NodePlan& p = plan.node[s];
        if (seen[s] == walk) continue;
        seen[s] = walk;
        if (p.floating)
            stack_reads(g, plan, s, reader, seen, walk);
        else if (p.group >= 0 && plan.group[p.group].segment != reader && g.segment[g.node[s].segment].turns > 0)
            p.stacked = true;
    }
}
}  // namespace detail

/// Gives every stored node its place: where a sink says, else in the arena. What more than one segment uses lives through all turns of those
/// that loop.
template <class G, class P>
constexpr void place(const G& g, P& plan, const Policy& policy) {
    constexpr int n = static_cast<int>(sizeof(g.node) / sizeof(Node));
    const auto settle = [&](int id, const Sink& at) {
        NodePlan& p = plan.node[id];
        const long bytes = size_of(g.node[id].type);
        p.region = at.region;
        p.index = at.index;
        p.offset = at.offset * bytes;
        p.turn = Turn{at.turn.phase, at.turn.places, at.turn.stride * bytes};
    };
    for (int i = 0; i < g.nodes; ++i) {
        const Node& node = g.node[i];
        NodePlan& p = plan.node[i];
        if (node.kind != Kind::leaf && node.kind != Kind::pack) continue;
        settle(i, place_of_leaf(i, node));
        if (p.region == Region::scalar) p.offset = long{p.index} * size_of(node.type), p.index = 0;
    }
    bool outside[n] = {};
    for (int i = 0; i < g.sinks; ++i) {
        const int id = detail::root_of(g, g.sink[i].node);
        settle(id, g.sink[i]);
        outside[id] = true;
    }
    // What is read or written in a launch lives through all of it: its steps may run in any order.
    const auto first_with = [&](int at) { return plan.launches == 0 ? at : plan.launch[plan.group[at].launch].first; };
    const auto last_with = [&](int at) { return plan.launches == 0 ? at : plan.launch[plan.group[at].launch].end - 1; };
    // The groups of each segment, and those between which its values have to live.
    int begin[max_segments] = {}, end[max_segments] = {};
    for (int at = plan.groups - 1; at >= 0; --at) begin[plan.group[at].segment] = at;
    for (int at = 0; at < plan.groups; ++at) end[plan.group[at].segment] = at;
    const auto lasting = [&](detail::Life life) {
        life.first = first_with(life.first);
        life.last = last_with(life.last);
        const int a = plan.group[life.first].segment, b = plan.group[life.last].segment;
        if (a != b && g.segment[a].turns > 0) life.first = begin[a];
        if (a != b && g.segment[b].turns > 0) life.last = end[b];
        return life;
    };
    constexpr int most = n + max_stacks;
    detail::Life life[most] = {};
    int count = 0;
    int seen[n] = {};
    if (g.segments > 1)
        for (int i = 0; i < g.nodes; ++i)
            if (plan.node[i].group >= 0) detail::stack_reads(g, plan, i, plan.group[plan.node[i].group].segment, seen, i + 1);
    // Stacks first: node n + s is stack s.
    for (int s = 0; s < g.stacks; ++s) {
        int first = plan.groups, last = 0;
        for (int i = 0; i < g.nodes; ++i) {
            const NodePlan& p = plan.node[i];
            if (p.region != Region::carry || p.index != s) continue;
            int from = p.group >= 0 ? p.group : p.last_use, to = p.group > p.last_use ? p.group : p.last_use;
            if (to < 0) continue;
            if (const int segment = plan.group[from].segment; g.segment[segment].turns > 0) from = begin[segment];
            if (const int segment = plan.group[to].segment; g.segment[segment].turns > 0) to = end[segment];
            if (first_with(from) < first) first = first_with(from);
            if (last_with(to) > last) last = last_with(to);
        }
        const long bytes = detail::round_up(g.stack[s].dims.size() * size_of(g.stack[s].type), detail::alignment);
        if (first < plan.groups) life[count++] = detail::Life{n + s, first, last, bytes * g.stack[s].places, 0};
    }
    for (int at = 0; at < plan.groups; ++at)
        for (int i = plan.group[at].first; i >= 0; i = plan.node[i].next) {
            NodePlan& p = plan.node[i];
            if (!p.stored || outside[i] || p.region == Region::block) continue;
            const long bytes = detail::round_up(detail::stored_elements(g.node[i].dims, p.lanes, policy.lanes) * size_of(g.node[i].type), detail::alignment);
            const int turns = p.stacked ? g.turns_of(i) : 1;
            if (p.stacked) p.turn = Turn{0, turns, bytes};
            life[count++] = lasting(detail::Life{i, at, p.last_use > at ? p.last_use : at, bytes * turns, 0});
        }
    if (g.segments > 1)
        for (int i = 1; i < count; ++i)
            for (int k = i; k > 0 && life[k].first < life[k - 1].first; --k) {
                const detail::Life other = life[k];
                life[k] = life[k - 1];
                life[k - 1] = other;
            }
    plan.arena = detail::sweep(life, count);
    if (count <= 64) {  // small programs: the better of two
        detail::Life other[most] = {};
        for (int i = 0; i < count; ++i) other[i] = life[i];
        const long bytes = detail::first_fit(other, count);
        if (bytes < plan.arena) {
            plan.arena = bytes;
            for (int i = 0; i < count; ++i) life[i] = other[i];
        }
    }
    long stack_at[max_stacks] = {};
    for (int i = 0; i < count; ++i) (life[i].node < n ? plan.node[life[i].node].offset : stack_at[life[i].node - n]) = life[i].offset;
    for (int i = 0; i < g.nodes; ++i) {
        NodePlan& p = plan.node[i];
        if (p.region != Region::carry) continue;
        const Stack& s = g.stack[p.index];
        const long bytes = detail::round_up(s.dims.size() * size_of(s.type), detail::alignment);
        p.region = Region::arena;
        p.offset = stack_at[p.index];
        if (p.turn.places > 0)
            p.turn = Turn{p.turn.phase, s.places, bytes};
        else
            p.offset += p.turn.phase % s.places * bytes;
        p.index = 0;
    }
}

}  // namespace strata
