// SPDX-License-Identifier: BSL-1.0
/// Physical layouts: convolutions want the batch innermost where it fills the vector lanes.
#pragma once

#include <strata/plan/plan.hpp>

namespace strata {

namespace detail {
/// Whether a value is kept [channel][y][x][sample].
constexpr bool wants_batch_innermost(const Node& n, const Policy& policy) {
    return policy.batch_innermost && n.dims.rank == 4 && n.dims.bounded() && 2 * capacity(n.dims.extent[0]) >= policy.lanes && !keeps_rows(n);
}
template <class G>
constexpr bool slides(const G& g) {
    for (int i = 0; i < g.nodes; ++i)
        if (g.node[i].kind == Kind::convolution || g.node[i].kind == Kind::window) return true;
    return false;
}
/// Whether a value that is not computed lies in memory.
constexpr bool has_memory(const Node& n) { return n.kind != Kind::constant && n.kind != Kind::index; }
/// Whether a view cuts or pads what has no memory.
template <class G>
constexpr bool shifts_nothing(const G& g, const Node& view) {
    return (move_of(view) == Move::slice || move_of(view) == Move::pad) && !has_memory(g.node[root_of(g, view.in[0])]);
}
/// Whether `view`, the value `root` or a view of it, is a batch of pictures that could lie batch innermost in the root's memory: of its own
/// batch, not of one that is joined with rows.
constexpr bool is_pictures_of(const Node& view, const Node& root) {
    return view.dims.rank == 4 && view.dims.bounded() && root.dims.rank > 0 && root.dims.extent[0] == view.dims.extent[0];
}
/// Whether a value or a view of it is such a batch, so that it may come to lie batch innermost.
template <class G>
constexpr bool shows_pictures(const G& g, int root) {
    for (int i = root; i < g.nodes; ++i)
        if (is_pictures_of(g.node[i], g.node[root]) && root_of(g, i) == root) return true;
    return false;
}
/// Marks the values that are results, or views of which are: what others read lies in row-major order.
template <class G>
constexpr void mark_sunk(const G& g, bool* sunk) {
    for (int i = 0; i < g.sinks; ++i) sunk[root_of(g, g.sink[i].node)] = true;
}
/// Whether pictures, the value `root` or a view of it, lie where sliding kernels find them, in the layout that the plan likes.   sunk: of the root.
constexpr bool lies_as_liked(const Node& pictures, const Node& root, bool sunk) {
    return !pictures.dims.bounded() || (root.kind != Kind::leaf && root.kind != Kind::scatter && !keeps_rows(root) && is_pictures_of(pictures, root) && !sunk);
}
/// Whether view `id` of `g`, which is to become view `moved` of `out`, can be had by strides alone, whichever layout its root will get.
template <class G, class O>
constexpr bool lies_in_order(const G& g, int id, const O& out, int moved, bool batched) {
    if (!view_in(out, moved, false, 1).valid) return false;
    const Node& root = out.node[root_of(out, moved)];
    const bool stays = !batched || !root.dims.bounded() || keeps_rows(root) || (root.dims.rank != 4 && !shows_pictures(g, root_of(g, id)));
    return stays || view_in(out, moved, true, 64).valid;
}
}  // namespace detail

/// The graph with a copy before each sliding operand that comes from outside or through a view other than a reshape, before each number
/// and each padded operand that a product or window reads or that is a table, before each operand of a scatter that does not lie in
/// row-major order, and before each view that strides alone do not make.
/// To has room for three more nodes for each product, window, gather and scatter and one for each move.
template <int To, class G, int S>
constexpr Graph<To, S> with_copies(const G& g, Graph<To, S> out) {
    constexpr int n = static_cast<int>(sizeof(g.node) / sizeof(Node));
    int moved[n] = {}, copied[n] = {};
    bool sunk[n] = {};
    detail::mark_sunk(g, sunk);
    const bool batched = detail::slides(g);
    for (int i = 0; i < g.nodes; ++i) {
        Node node = g.node[i];
        for (int k = 0; k < node.arity; ++k) {
            int in = node.in[k];
            node.in[k] = moved[in];
            const bool slides = node.kind == Kind::convolution || node.kind == Kind::window, walks = node.kind == Kind::scatter;
            if (!slides && !walks && node.kind != Kind::contract && !detail::is_table(node, k)) continue;
            int root = in;
            bool plain = true, pads = false;
            while (detail::is_view(g.node[root])) {
                plain = plain && detail::move_of(g.node[root]) == Move::reshape;
                pads = pads || detail::move_of(g.node[root]) == Move::pad;
                root = g.node[root].in[0];
            }
            const Kind from = g.node[root].kind;
            const bool turned = batched && from != Kind::leaf && !detail::keeps_rows(g.node[root]) && detail::shows_pictures(g, root);
            if (detail::has_memory(g.node[root]) && !pads && (plain || (!slides && !walks)) && !(slides && !detail::lies_as_liked(g.node[in], g.node[root], sunk[root])) && !(walks && turned)) continue;
            const int layout = walks ? 2 : 1;
            if (!copied[in] || out.node[copied[in] - 1].attributes.value[9] != layout) {
                Node c;
                c.kind = Kind::move;
                c.op = -1;
                c.type = g.node[in].type;
                c.derived = node.derived;
                c.segment = node.segment;
                c.arity = 1;
                c.in[0] = moved[in];
                c.dims = g.node[in].dims;
                c.attributes.value[0] = static_cast<int>(Move::broadcast);
                c.attributes.value[9] = layout;
                out.node[out.nodes] = c;
                copied[in] = ++out.nodes;
            }
            node.in[k] = copied[in] - 1;
        }
        moved[i] = out.nodes;
        out.node[out.nodes++] = node;
        if (detail::is_view(node) && (detail::shifts_nothing(out, node) || !detail::lies_in_order(g, i, out, moved[i], batched))) {
            Node c = out.node[node.in[0]];
            c.kind = Kind::move;
            c.op = -1;
            c.segment = node.segment;
            c.arity = 1;
            c.in[0] = node.in[0];
            c.attributes = {};
            c.attributes.value[0] = static_cast<int>(Move::broadcast);
            c.attributes.value[9] = 2;
            out.node[moved[i]] = c;
            node.in[0] = moved[i];
            moved[i] = out.nodes;
            out.node[out.nodes++] = node;
        }
    }
    for (int i = 0; i < g.sinks; ++i) {
        out.sink[i] = g.sink[i];
        out.sink[i].node = moved[g.sink[i].node];
    }
    out.sinks = g.sinks;
    out.take_segments(g);
    return out;
}

/// Chooses the layout of every stored node.
template <class G, class P>
constexpr void arrange(const G& g, P& plan, const Policy& policy) {
    if (!detail::slides(g)) return;
    constexpr int n = static_cast<int>(sizeof(g.node) / sizeof(Node));
    bool sunk[n] = {};
    detail::mark_sunk(g, sunk);
    for (int i = 0; i < g.nodes; ++i) {
        if (!detail::wants_batch_innermost(g.node[i], policy)) continue;
        int root = i;
        while (detail::is_view(g.node[root])) root = g.node[root].in[0];
        const Node& r = g.node[root];
        if (r.kind != Kind::constant && detail::lies_as_liked(g.node[i], r, sunk[root])) plan.node[root].lanes = true;
    }
}

}  // namespace strata
