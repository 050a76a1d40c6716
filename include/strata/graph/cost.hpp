// SPDX-License-Identifier: BSL-1.0
/// What a node costs, at the capacity of the batch.
#pragma once

#include <strata/graph/graph.hpp>

namespace strata {

/// Floating-point operations of node `id` (a multiply-add is two; an op counts as its facts say).
template <class G>
constexpr long flops_of(const G& g, int id, const OpFacts* facts) {
    const Node& n = g.node[id];
    switch (n.kind) {
        case Kind::map: return n.op < 0 ? 0 : facts[n.op].cost * n.dims.size();
        case Kind::reduce: return g.node[n.in[0]].dims.size();
        case Kind::random: return 16 * n.dims.size();
        case Kind::contract: {
            const Dims& a = g.node[n.in[0]].dims;
            return 2 * n.dims.size() * capacity(a.extent[a.rank - (n.attributes.value[0] != 0 ? 2 : 1)]);
        }
        case Kind::convolution: {
            // Each weight meets each place of the smaller picture, the forward result, once a sample.
            const Convolve role = static_cast<Convolve>(n.attributes.value[0]);
            const Dims& y = role == Convolve::forward ? n.dims : g.node[n.in[role == Convolve::data ? 0 : 1]].dims;
            const Dims& w = role == Convolve::weight ? n.dims : g.node[n.in[1]].dims;
            return 2 * w.size() / capacity(w.extent[0]) * y.size();
        }
        case Kind::window: return n.attributes.value[2] * n.attributes.value[3] * (n.attributes.value[1] != 0 ? g.node[n.in[n.arity - 1]].dims.size() : n.dims.size());
        case Kind::scatter: return g.node[n.in[0]].dims.size();
        default: return 0;
    }
}

/// Operations of a whole graph.
template <class G>
constexpr long flops_of(const G& g, const OpFacts* facts) {
    long sum = 0;
    for (int i = 0; i < g.nodes; ++i) sum += flops_of(g, i, facts);
    return sum;
}

}  // namespace strata
