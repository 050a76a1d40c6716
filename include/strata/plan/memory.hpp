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
}  // namespace detail

/// Gives every stored node its place: where a sink says, else in the arena.
template <class G, class P>
constexpr void place(const G& g, P& plan, const Policy& policy) {
    constexpr int n = static_cast<int>(sizeof(g.node) / sizeof(Node));
    for (int i = 0; i < g.nodes; ++i) {
        const Node& node = g.node[i];
        NodePlan& p = plan.node[i];
        if (node.kind == Kind::leaf || node.kind == Kind::pack) {
            p.region = static_cast<Region>(node.attributes.value[0]);
            p.index = node.attributes.value[1];
            p.offset = long{node.attributes.value[2]} * size_of(node.type);
            if (p.region == Region::scalar) p.offset = long{p.index} * size_of(node.type), p.index = 0;
        }
    }
    bool outside[n] = {};
    for (int i = 0; i < g.sinks; ++i) {
        int id = g.sink[i].node;
        while (detail::is_view(g.node[id])) id = g.node[id].in[0];
        NodePlan& p = plan.node[id];
        p.region = g.sink[i].region;
        p.index = g.sink[i].index;
        p.offset = g.sink[i].offset * size_of(g.node[id].type);
        outside[id] = true;
    }
    detail::Life life[n] = {};
    int count = 0;
    for (int at = 0; at < plan.groups; ++at)
        for (int i = plan.group[at].first; i >= 0; i = plan.node[i].next) {
            const NodePlan& p = plan.node[i];
            if (!p.stored || outside[i]) continue;
            const long bytes = detail::stored_elements(g.node[i].dims, p.lanes, policy.lanes) * size_of(g.node[i].type);
            life[count++] = detail::Life{i, at, p.last_use > at ? p.last_use : at, detail::round_up(bytes, detail::alignment), 0};
        }
    plan.arena = detail::sweep(life, count);
    if (count <= 64) {  // small programs: the better of two
        detail::Life other[n] = {};
        for (int i = 0; i < count; ++i) other[i] = life[i];
        const long bytes = detail::first_fit(other, count);
        if (bytes < plan.arena) {
            plan.arena = bytes;
            for (int i = 0; i < count; ++i) life[i] = other[i];
        }
    }
    for (int i = 0; i < count; ++i) plan.node[life[i].node].offset = life[i].offset;
}

}  // namespace strata
