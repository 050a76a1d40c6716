// SPDX-License-Identifier: BSL-1.0
/// Mixed precision: the operands of products and convolutions are rounded to 16 bits and widened again, which leaves every product of two of them
/// exact in f32. Everything else stays as it was.   Source: Micikevicius et al., "Mixed precision training", 2018.
#pragma once

#include <strata/core/error.hpp>
#include <strata/graph/graph.hpp>

namespace strata {

/// The 16-bit type, and the numbers of the casts to it and back in the program's table of ops.
struct Rounding {
    DType type{};
    int narrow{}, widen{};
};

namespace detail {
template <int To, int N, int S>
struct Rounder {
    const Graph<N, S>& g;
    Rounding r;
    Graph<To, S> out{};
    int moved[N] = {};
    int rounded[N] = {};  // 1 + the node that shows the rounded value of a node
    bool factor[N] = {};  // a forward value that a product reads

    constexpr int append(const Node& n) {
        if (out.nodes == To) refuse("strata: the graph is larger than was reckoned with; report this as a defect");
        out.node[out.nodes] = n;
        return out.nodes++;
    }
    static constexpr bool is_view(const Node& n) { return n.kind == Kind::move && n.arity == 1 && n.attributes.value[9] == 0; }
    constexpr int root_of(int id) const {
        while (is_view(g.node[id])) id = g.node[id].in[0];
        return id;
    }
    constexpr bool outside(int id) const { return g.node[id].kind == Kind::leaf || g.node[id].kind == Kind::constant || g.node[id].kind == Kind::index; }
    /// Whether segment `at` may read what segment s computed.
    constexpr bool visible(int s, int at) const { return s == at || g.segment[s].turns == 0 || (s != 0 && g.segment[at].mirror == s); }

    constexpr int cast(int operand, DType type, int op, int segment) {
        Node n = out.node[operand];
        n.kind = Kind::map;
        n.op = op;
        n.type = type;
        n.arity = 1;
        n.in[0] = operand;
        n.segment = segment;
        n.attributes = {};
        return append(n);
    }
    /// Node id rounded, for a reader in `segment`: once for all readers, in the segment of what is rounded, below the views that show it.
    constexpr int rounded_of(int id, int segment) {
        const Node& n = g.node[id];
        if (rounded[id] != 0 && visible(out.node[rounded[id] - 1].segment, segment)) return rounded[id] - 1;
        const int where = outside(root_of(id)) ? segment : n.segment;
        int result = moved[id];
        if (is_view(n)) {
            Node view = n;
            view.in[0] = rounded_of(n.in[0], segment);
            view.segment = where;
            result = append(view);
        } else if (n.type == DType::f32 && !widens(g, id)) {
            result = cast(cast(moved[id], r.type, r.narrow, where), DType::f32, r.widen, where);
        }
        rounded[id] = result + 1;
        return result;
    }
    /// Finds the factors, those of a loop's next turn too: a product may read a value where a turn finds it, which is no other value.
    constexpr void find_factors() {
        bool carried[max_stacks] = {};
        for (int i = 0; i < g.nodes; ++i) {
            const Node& n = g.node[i];
            if (n.derived || (n.kind != Kind::contract && n.kind != Kind::convolution)) continue;
            for (int k = 0; k < n.arity; ++k) {
                const int root = root_of(n.in[k]);
                const int* v = g.node[root].attributes.value;
                if (!outside(root)) factor[root] = true;
                if (g.node[root].kind == Kind::leaf && v[0] == static_cast<int>(Region::carry)) carried[v[1]] = true;
            }
        }
        for (int i = 0; i < g.sinks; ++i)
            if (g.sink[i].region == Region::carry && carried[g.sink[i].index]) {
                int root = g.sink[i].node;
                while (g.node[root].kind == Kind::move && g.node[root].arity == 1) root = g.node[root].in[0];  // copies too
                if (!outside(root) && !g.node[root].derived) factor[root] = true;
            }
    }
    constexpr void run() {
        find_factors();
        for (int i = 0; i < g.nodes; ++i) {
            Node n = g.node[i];
            const bool product = n.kind == Kind::contract || n.kind == Kind::convolution;
            for (int k = 0; k < n.arity; ++k) {
                const int root = root_of(n.in[k]);
                // What a product reads and a derivative too need then not be kept a second time, wider.
                const bool shares = n.derived && factor[root] && (n.kind == Kind::map || n.kind == Kind::reduce);
                n.in[k] = product || shares ? rounded_of(n.in[k], n.segment) : moved[n.in[k]];
            }
            moved[i] = append(n);
        }
        out.take_segments(g);
        out.underived = g.underived;
        for (int i = 0; i < g.sinks; ++i) {
            out.sink[out.sinks] = g.sink[i];
            out.sink[out.sinks++].node = moved[g.sink[i].node];
        }
    }
};
}  // namespace detail

/// The graph with rounded operands of its products; derivatives read rounded too what products read of the forward values. Equal casts are one.
template <int N, int S>
constexpr auto with_rounded_products(const Graph<N, S>& g, const Rounding& r) {
    detail::Rounder<2 * N, N, S> rounder{g, r};
    rounder.run();
    return rounder.out;
}

}  // namespace strata
