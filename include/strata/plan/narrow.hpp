// SPDX-License-Identifier: BSL-1.0
/// Products and convolutions read 16-bit operands as they lie in memory: what widens them exactly, before a product, is left to the product's kernel.
#pragma once

#include <strata/plan/plan.hpp>

namespace strata {

namespace detail {
/// Makes f32 of a 16-bit type, which loses nothing.
template <class G>
constexpr bool widens(const G& g, const OpFacts* facts, const Node& n) {
    return n.kind == Kind::map && n.op >= 0 && facts[n.op].converts && n.type == DType::f32 && is_narrow_type(g.node[n.in[0]].type) &&
           (g.node[n.in[0]].kind == Kind::leaf || g.node[n.in[0]].segment == n.segment);
}
constexpr bool multiplies(const Node& n) { return n.kind == Kind::contract || n.kind == Kind::convolution; }
}  // namespace detail

/// The graph with each widened operand of a product or convolution replaced by what is widened, directly or below views that products alone read. Others
/// still read the widened value; where nobody does, it is dead.   The same graph where the place's products read no narrow operands.
template <class G>
constexpr G with_narrow_factors(G g, const OpFacts* facts, const Policy& policy) {
    if (!policy.narrow_factors) return g;
    constexpr int n = static_cast<int>(sizeof(g.node) / sizeof(Node));
    bool elsewhere[n] = {};  // read by something else than a product or a view
    bool live[n] = {};
    for (int i = 0; i < g.sinks; ++i) live[g.sink[i].node] = elsewhere[g.sink[i].node] = true;
    for (int i = g.nodes - 1; i >= 0; --i) {
        const Node& reader = g.node[i];
        for (int k = 0; live[i] && k < reader.arity; ++k) {
            live[reader.in[k]] = true;
            if (!detail::multiplies(reader) && !(detail::is_view(reader) && !elsewhere[i])) elsewhere[reader.in[k]] = true;
        }
    }
    for (int i = 0; i < g.nodes; ++i) {
        Node& reader = g.node[i];
        const bool view = detail::is_view(reader) && !elsewhere[i];
        if (!view && !detail::multiplies(reader)) continue;
        for (int k = 0; k < reader.arity; ++k)
            if (const Node& wide = g.node[reader.in[k]]; detail::widens(g, facts, wide)) {
                reader.in[k] = wide.in[0];
                if (view) reader.type = g.node[wide.in[0]].type;
            } else if (view) {
                reader.type = wide.type;
            }
    }
    return g;
}

}  // namespace strata
