// SPDX-License-Identifier: BSL-1.0
/// The plan as a value: which nodes run together, in what order, and where results lie.
#pragma once

#include <strata/graph/graph.hpp>

namespace strata {

/// How a place multiplies the f32 operands of products: as they are, or rounded to tf32's 11 bits of mantissa for its matrix units.
enum class Multiply : unsigned char { exact, tf32 };
/// Extents of a product's tiles, and how many of them along its sum are under way at once; all 0: the place chooses by shape and type.
struct Tiles {
    int m{}, n{}, k{}, stages{};
};
/// Tiles that a user gives to products of m x n results, sums of k terms, of such operands. What the batch bounds is meant at its capacity.
struct Pin {
    int m{}, n{}, k{};
    Tiles tiles{};
    DType operands = DType::f32;
};
/// Switches and facts of the place that a plan is made for.
struct Policy {
    int lanes = 16;            ///< elements of the program's real type in a vector
    bool fuse = true;          ///< join nodes into kernels; off: a kernel a node
    long longest_row = 65536;  ///< elements; of longer rows, where they are few, what is folded is known when their kernel ends: all threads share them; 0: no limit
    bool recompute = true;     ///< cheap nodes that only later groups read are computed there again
    bool batch_innermost = true;  ///< convolutions keep the batch in vector lanes where it fills them
    bool narrow_factors = false;  ///< products and convolutions read bf16 and f16 operands as they lie in memory
    bool after_weights = false;   ///< a convolution's gradient by its weights takes what follows it element by element into its kernel
    bool has_tf32 = false;        ///< can multiply f32 as tf32, and does for Precision<tf32>
    Multiply multiply = Multiply::exact;
    Tiles tiles{};                ///< of every product
    const Pin* pin = nullptr;     ///< those of some
    int pins = 0;
    int narrow = 0;      ///< widest product that runs, with others, on some samples at a time: several steps one launch; 0: none
    bool beside = false;  ///< small steps that do not need each other are one launch
};

/// The tiles that a policy gives to a product, or zeros.
constexpr Tiles tiles_for(const Policy& policy, DType operands, int m, int n, int k) {
    for (int i = 0; i < policy.pins; ++i)
        if (const Pin& p = policy.pin[i]; p.m == m && p.n == n && p.k == k && p.operands == operands) return p.tiles;
    return policy.tiles;
}

// Elements of constexpr arrays have no initialisers but zero: g++ 12 shares the trees of others between evaluations and, after the first
// is freed, reads zeros (docs/decisions). What is not zero at first is set by the pass.

/// Nodes that one kernel computes.
struct Group {
    Kind anchor{};  ///< map: a plain loop; else the kind of node `node`
    int node{};
    Dims dims{};
    unsigned rows{};  ///< axes that the group's row folds run over
    int first{}, last{};  ///< members, in order, linked by NodePlan::next; -1: none
    int members{};
    int segment{};
    int launch{};
};

/// How the steps of a launch share it: there is but one; each block takes some samples through all of them; each step has blocks of its own.
enum class LaunchKind : unsigned char { alone, samples, beside };
/// Steps [first, end) as one launch.
struct LaunchPlan {
    int first{}, end{};
    LaunchKind join{};
    int samples{};  ///< of a block
    long block{};   ///< bytes of its memory that hold what only steps of the launch read
};

/// What the plan knows about a node.
struct NodePlan {
    int group{};       ///< the kernel that computes it; -1: leaf, number, view, or computed wherever it is read
    int next{};        ///< next member of the group, or -1
    int ready{};       ///< first group that may use it without a copy in memory; -1: any
    bool floating{};   ///< computed again in every group that reads it
    bool pending{};    ///< computed from leaves alone; goes to the group that first needs it
    bool stored{};     ///< has a place in memory
    bool column{};     ///< a sum over leading axes: complete when its group is
    bool lanes{};      ///< batch innermost
    bool stacked{};    ///< has a place for each turn of its loop, whose mirror reads it
    int last_use{};    ///< last group that reads it, or -1
    Region region{};
    int index{};
    long offset{};     ///< in bytes
    Turn turn{};       ///< with its stride in bytes
};

template <int N, int G>
struct Plan {
    NodePlan node[N]{};
    Group group[G]{};
    int groups{};
    LaunchPlan launch[G]{};
    int launches{};  ///< 0: a launch a group
    long arena{};    ///< bytes
    int capacity{};  ///< of the batch
};

namespace detail {
/// Drops groups without members and numbers the others anew.
template <int N, int G>
constexpr void close_gaps(Plan<N, G>& plan, int nodes) {
    int moved[G] = {}, kept = 0;
    for (int at = 0; at < plan.groups; ++at) {
        moved[at] = kept;
        if (plan.group[at].members > 0) plan.group[kept++] = plan.group[at];
    }
    plan.groups = kept;
    for (int i = 0; i < nodes; ++i) {
        NodePlan& p = plan.node[i];
        if (p.group >= 0) p.group = moved[p.group];
        if (p.last_use >= 0) p.last_use = moved[p.last_use];
    }
}
}  // namespace detail

/// Whether group `at` is a product whose left operand is computed within it.
template <class G, class P>
constexpr bool has_prologue(const G& g, const P& plan, int at) {
    const Group& group = plan.group[at];
    return group.anchor == Kind::contract && plan.node[g.node[group.node].in[0]].floating;
}

/// The axes of a view that padding may lie around.
inline constexpr int max_borders = 2;

/// How a node is found in the memory of another: strides in elements. Along axes with a border (high > 0), only places in [low, high) are
/// found there, those from `low` on; the others are padding, zero.
struct View {
    int root = -1;
    bool valid = true;
    long stride[max_rank] = {};
    long offset = 0;
    int low[max_rank] = {}, high[max_rank] = {};
    int borders = 0;
};

namespace detail {
constexpr long round_up(long n, long to) { return (n + to - 1) / to * to; }

constexpr Move move_of(const Node& n) { return static_cast<Move>(n.attributes.value[0]); }
/// A move that makes a copy (a change of layout) rather than a view.
constexpr bool copies(const Node& n) { return n.kind == Kind::move && n.attributes.value[9] != 0; }
/// A copy that has to be row-major, since something outside the program reads it.
constexpr bool keeps_rows(const Node& n) { return n.kind == Kind::move && n.attributes.value[9] == 2; }
/// Computed element by element from operands that broadcast.
constexpr bool pointwise(const Node& n) { return n.kind == Kind::map || copies(n); }
/// Begins a kernel that is no plain loop.
constexpr bool anchors(const Node& n) {
    return n.kind == Kind::contract || n.kind == Kind::convolution || n.kind == Kind::window || n.kind == Kind::scatter;
}
/// Operand k is a table, of which n reads rows.
constexpr bool is_table(const Node& n, int k) { return n.kind == Kind::gather && k == 0; }
constexpr bool is_view(const Node& n) { return n.kind == Kind::move && n.arity == 1 && !copies(n); }

/// Elements between neighbours along each axis of a stored node.
constexpr void own_strides(const Dims& dims, bool batch_innermost, int lanes, long* stride) {
    long s = batch_innermost ? round_up(capacity(dims.extent[0]), lanes) : 1;
    for (int i = dims.rank - 1; i >= (batch_innermost ? 1 : 0); --i) {
        stride[i] = s;
        s *= capacity(dims.extent[i]);
    }
    if (batch_innermost) stride[0] = 1;
}
constexpr long stored_elements(const Dims& dims, bool batch_innermost, int lanes) {
    return batch_innermost ? dims.size() / capacity(dims.extent[0]) * round_up(capacity(dims.extent[0]), lanes) : dims.size();
}

/// Strides of the same memory under new extents, in row-major order of the logical elements; false where a copy would be needed.
constexpr bool restride(const Dims& from, const long* stride, const Dims& to, long* out) {
    int i = 0, j = 0;
    while (i < from.rank || j < to.rank) {
        long a = i < from.rank ? capacity(from.extent[i]) : 1, b = j < to.rank ? capacity(to.extent[j]) : 1;
        const int i0 = i, j0 = j;
        if (i < from.rank) ++i;
        if (j < to.rank) ++j;
        while (a != b) {
            if (a < b) {
                if (i >= from.rank) return false;
                a *= capacity(from.extent[i++]);
            } else {
                if (j >= to.rank) return false;
                b *= capacity(to.extent[j++]);
            }
        }
        // Axes i0..i-1 hold the same elements as j0..j-1: they must lie one inside the other.
        long inner = 0;
        int last = -1;
        for (int k = i - 1; k >= i0; --k) {
            if (capacity(from.extent[k]) == 1) continue;
            if (last >= 0 && stride[k] != stride[last] * capacity(from.extent[last])) return false;
            if (last < 0) inner = stride[k];
            last = k;
        }
        for (int k = j - 1; k >= j0; --k) {
            out[k] = capacity(to.extent[k]) == 1 ? 0 : inner;
            inner *= capacity(to.extent[k]);
        }
    }
    return true;
}
}  // namespace detail

namespace detail {
template <class G>
constexpr int root_of(const G& g, int id) {
    while (is_view(g.node[id])) id = g.node[id].in[0];
    return id;
}
}  // namespace detail

/// Node `id` seen in the memory of its root, which lies row-major or batch innermost.
template <class G>
constexpr View view_in(const G& g, int id, bool batch_innermost, int lanes) {
    int chain[32] = {};
    int depth = 0;
    while (detail::is_view(g.node[id])) {
        if (depth == 32) detail::refuse("strata: too many views of views; drop transposes that undo each other");
        chain[depth++] = id;
        id = g.node[id].in[0];
    }
    View v;
    v.root = id;
    detail::own_strides(g.node[id].dims, batch_innermost, lanes, v.stride);
    while (depth > 0) {
        const Node& m = g.node[chain[--depth]];
        const Dims& from = g.node[m.in[0]].dims;
        long s[max_rank] = {};
        const int axis = m.attributes.value[1], begin = m.attributes.value[2];
        if (v.borders > 0 && detail::move_of(m) != Move::pad && detail::move_of(m) != Move::broadcast) v.valid = false;
        switch (detail::move_of(m)) {
            case Move::reshape: v.valid = v.valid && detail::restride(from, v.stride, m.dims, s); break;
            case Move::transpose:
                for (int i = 0; i < m.dims.rank; ++i) s[i] = v.stride[m.attributes.value[1 + i]];
                break;
            case Move::broadcast:
                for (int i = 0; i < m.dims.rank; ++i) {
                    const int k = i - (m.dims.rank - from.rank);
                    s[i] = k < 0 || (from.extent[k] == 1 && m.dims.extent[i] != 1) ? 0 : v.stride[k];
                }
                for (int i = max_rank - 1; v.borders > 0 && i >= 0; --i) {
                    const int k = i - (m.dims.rank - from.rank);
                    v.low[i] = k < 0 ? 0 : v.low[k];
                    v.high[i] = k < 0 ? 0 : v.high[k];
                }
                break;
            case Move::slice:
                for (int i = 0; i < m.dims.rank; ++i) s[i] = v.stride[i] * (i == axis ? m.attributes.value[3] : 1);
                v.offset += begin * v.stride[axis];
                break;
            case Move::pad:
                for (int i = 0; i < m.dims.rank; ++i) s[i] = v.stride[i];
                v.valid = v.valid && v.high[axis] == 0 && v.borders < max_borders;
                ++v.borders;
                v.low[axis] = begin;
                v.high[axis] = begin + from.extent[axis];
                break;
        }
        for (int i = 0; i < max_rank; ++i) v.stride[i] = s[i];
    }
    return v;
}
/// The memory through which node `id` is read.
template <class G, class P>
constexpr View view_of(const G& g, const P& plan, int id, int lanes) {
    return view_in(g, id, plan.node[detail::root_of(g, id)].lanes, lanes);
}

}  // namespace strata
