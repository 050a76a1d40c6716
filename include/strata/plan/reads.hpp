// SPDX-License-Identifier: BSL-1.0
/// What a group of a plan reads from elsewhere, and what it computes.
#pragma once

#include <strata/plan/plan.hpp>

namespace strata::detail {

/// Calls f(source, elements) for every array from elsewhere that node `id` reads in group `at`, and how many of its elements at the most.
template <class G, class P, class F>
constexpr void each_read(const G& g, const P& plan, int id, int at, F&& f) {
    for (int k = 0; k < g.node[id].arity; ++k) {
        int s = g.node[id].in[k];
        while (is_view(g.node[s])) s = g.node[s].in[0];
        const Node& n = g.node[s];
        if (n.kind == Kind::constant || n.kind == Kind::index) continue;
        if (plan.node[s].floating)
            each_read(g, plan, s, at, f);
        else if (plan.node[s].group != at)
            f(s, is_table(g.node[id], k) && g.node[id].dims.size() < n.dims.size() ? g.node[id].dims.size() : n.dims.size());
    }
}
/// Calls f(source) for the values that are computed again for node `id`, operands first, each that is not yet in `seen`.
template <class G, class P, int N, class F>
constexpr void each_again(const G& g, const P& plan, int id, bool (&seen)[N], F&& f) {
    for (int k = 0; k < g.node[id].arity; ++k) {
        int s = g.node[id].in[k];
        while (is_view(g.node[s])) s = g.node[s].in[0];
        if (!plan.node[s].floating || seen[s]) continue;
        seen[s] = true;
        each_again(g, plan, s, seen, f);
        f(s);
    }
}
/// Calls f(id) for all that group `at` computes: its own nodes, and in front of each what is computed again for it.
template <class G, class P, class F>
constexpr void each_computed(const G& g, const P& plan, int at, F&& f) {
    bool seen[sizeof(g.node) / sizeof(Node)] = {};
    for (int m = plan.group[at].first; m >= 0; m = plan.node[m].next) {
        each_again(g, plan, m, seen, f);
        f(m);
    }
}

/// Calls f(reader, k, source) for every value from elsewhere that group `at` reads: source is the root of operand k of reader.
template <class G, class P, class F>
constexpr void each_source(const G& g, const P& plan, int at, F&& f) {
    each_computed(g, plan, at, [&](int id) {
        for (int k = 0; k < g.node[id].arity; ++k)
            if (const int s = root_of(g, g.node[id].in[k]); !plan.node[s].floating && plan.node[s].group != at) f(id, k, s);
    });
}

}  // namespace strata::detail
