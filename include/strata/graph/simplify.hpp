// SPDX-License-Identifier: BSL-1.0
/// Dead nodes. Equal nodes and neutral elements never get in (graph.hpp), so nothing else is left to simplify.
#pragma once

#include <strata/graph/graph.hpp>

namespace strata {

/// How many nodes the sinks need.
template <int N, int S>
constexpr int live_nodes(const Graph<N, S>& g) {
    bool live[N] = {};
    int count = 0;
    for (int i = 0; i < g.sinks; ++i) live[g.sink[i].node] = true;
    for (int i = g.nodes - 1; i >= 0; --i) {
        if (!live[i]) continue;
        ++count;
        for (int k = 0; k < g.node[i].arity; ++k) live[g.node[i].in[k]] = true;
    }
    return count;
}

/// The graph without what no sink needs, segment by segment, in exactly sized arrays (see live_nodes).
template <int To, int ToSinks, int N, int S>
constexpr Graph<To, ToSinks> without_dead(const Graph<N, S>& g) {
    Graph<To, ToSinks> out;
    bool live[N] = {};
    int moved[N] = {};
    for (int i = 0; i < g.sinks; ++i) live[g.sink[i].node] = true;
    for (int i = g.nodes - 1; i >= 0; --i)
        if (live[i])
            for (int k = 0; k < g.node[i].arity; ++k) live[g.node[i].in[k]] = true;
    for (int segment = 0; segment < g.segments; ++segment)
        for (int i = 0; i < g.nodes; ++i) {
            if (!live[i] || g.node[i].segment != segment) continue;
            moved[i] = out.nodes;
            Node& n = out.node[out.nodes++];
            n = g.node[i];
            for (int k = 0; k < n.arity; ++k) n.in[k] = moved[n.in[k]];
        }
    out.take_segments(g);
    for (int i = 0; i < g.sinks; ++i) {
        out.sink[out.sinks] = g.sink[i];
        out.sink[out.sinks++].node = moved[g.sink[i].node];
    }
    return out;
}

}  // namespace strata
