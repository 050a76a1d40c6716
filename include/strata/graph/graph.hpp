// SPDX-License-Identifier: BSL-1.0
/// The graph: a plain array of nodes, built and read by ordinary constexpr functions.
#pragma once

#include <bit>
#include <cstdint>

#include <strata/core/dtype.hpp>
#include <strata/core/error.hpp>
#include <strata/core/shape.hpp>
#include <strata/expr/kind.hpp>
#include <strata/expr/scalar.hpp>
#include <strata/graph/loop.hpp>

namespace strata {

/// One value. Operands have smaller numbers, so the array is in an order in which it can be computed.
struct Node {
    Kind kind{};
    DType type{};
    bool derived{};  ///< appended by differentiate or after it
    int segment{};   ///< 0 for what is not computed
    int arity{};
    int op{};      ///< place in the program's op table; -1: none
    int in[3]{};   ///< operands, as many as the arity says
    double value{};  ///< of a constant
    Dims dims{};
    Attributes attributes{};
};

/// Where a value has to end up: part `offset` (in elements) of array `index` of a region, or a stack's place (see Builder::carried).
struct Sink {
    int node{};
    Region region{};
    int index{};
    long offset{};
    Turn turn{};
};
/// The same of a leaf.
constexpr Sink place_of_leaf(int id, const Node& leaf) {
    const int* v = leaf.attributes.value;
    return Sink{id, static_cast<Region>(v[0]), v[1], v[2], Turn{v[3], v[4], v[5]}};
}

/// Facts about an op that passes may use.
struct OpFacts {
    const char* name = "";
    bool commutative = false;
    bool has_unit = false;
    double unit = 0;
    int cost = 1;
    bool converts = false;  ///< changes the element type alone
};

/// A graph with room for N nodes and S sinks.
template <int N, int S>
struct Graph {
    Node node[N]{};
    Sink sink[S]{};
    int nodes{};
    int sinks{};
    int underived{-1};  ///< place of an op on the way to the loss that has no derivative; -1: none
    Segment segment[max_segments]{};
    int segments{1};
    Stack stack[max_stacks]{};
    int stacks{};

    /// A graph of other size for the same segments.
    template <class G>
    constexpr void take_segments(const G& g) {
        for (int i = 0; i < g.segments; ++i) segment[i] = g.segment[i];
        for (int i = 0; i < g.stacks; ++i) stack[i] = g.stack[i];
        segments = g.segments;
        stacks = g.stacks;
    }
    /// The turns that a node is computed in.
    constexpr int turns_of(int id) const {
        const int turns = segment[node[id].segment].turns;
        return turns == 0 ? 1 : turns;
    }
};

/// Whether node id gives as f32 what is stored in 16 bits. Nothing but such casts, moves and gathers reads 16-bit values, so the types tell.
template <class G>
constexpr bool widens(const G& g, int id) {
    const Node& n = g.node[id];
    return n.kind == Kind::map && n.arity == 1 && n.type == DType::f32 && is_narrow_type(g.node[n.in[0]].type);
}

inline constexpr int max_stand_ins = 32;

/// Appends nodes: equal ones are shared, moves of numbers folded, what an op's facts make superfluous left out.
/// Works on any Graph; `facts` is the table of the ops in use, `real` the type of numbers.
template <int N, int S>
struct Builder {
    Graph<N, S> graph{};
    const OpFacts* facts = nullptr;
    DType real = DType::f32;
    int whole = -1;  ///< the type of what is made of whole numbers alone; -1: real
    int among = -1;  ///< the type of what is made of floating numbers alone; -1: real
    bool numbered = false;  ///< numbers in the region of scalars are an expression's, not a run's
    bool derived = false;
    int segment = 0;  ///< that nodes are appended to
    int draws = 0;    ///< calls of layers and losses that draw random numbers
    Loop loop[max_loops_traced]{};
    int loops = 0;
    int stand_in[max_stand_ins] = {};  ///< for each of the run's scalars: 1 + the node that expressions read in its place, or 0
    int bucket[2 * N + 1] = {};  // open addressing: 1 + node, 0 is free

    constexpr const Dims& dims(int id) const { return graph.node[id].dims; }

    constexpr int constant(double value, const Dims& dims = {}) { return constant(value, dims, real); }
    constexpr int constant(double value, const Dims& dims, DType type) {
        Node n;
        n.kind = Kind::constant;
        n.op = -1;
        n.type = type;
        n.value = value;
        n.dims = dims;
        return intern(n);
    }
    constexpr int leaf(Region region, int index, long offset, DType type, const Dims& dims, const Turn& turn = {}) {
        Node n;
        n.kind = Kind::leaf;
        n.op = -1;
        n.type = type;
        n.dims = dims;
        n.attributes.value[0] = static_cast<int>(region);
        n.attributes.value[1] = index;
        n.attributes.value[2] = static_cast<int>(offset);
        n.attributes.value[3] = turn.phase;
        n.attributes.value[4] = turn.places;
        n.attributes.value[5] = static_cast<int>(turn.stride);
        return intern(n);
    }
    /// What stands in a scalar's place, or -1.
    constexpr int stand_in_of(const Attributes& leaf) const {
        const int which = leaf.value[1];
        return leaf.value[0] == static_cast<int>(Region::scalar) && which < max_stand_ins ? stand_in[which] - 1 : -1;
    }
    /// Says where a value has to end up. What has no memory of its own in the right order (a leaf, a number, a transposed view, a value
    /// that goes to two places) is copied there.
    constexpr void sink(int id, Region region, int index = 0, long offset = 0) {
        sink(Sink{id, region, index, offset, {}}, segment);
    }
    /// The same; what turns has to be written in a loop: that in which the value is computed, else `in_segment` or the loop of its derivatives.
    constexpr void sink(Sink to, int in_segment) {
        const int id = to.node;
        const bool in_loop = graph.segment[graph.node[id].segment].turns != 0;
        int root = id;
        bool own = true;
        while (graph.node[root].kind == Kind::move && graph.node[root].attributes.value[9] == 0) {
            own = own && graph.node[root].attributes.value[0] == static_cast<int>(Move::reshape);
            root = graph.node[root].in[0];
        }
        const Kind kind = graph.node[root].kind;
        own = own && kind != Kind::leaf && kind != Kind::constant && kind != Kind::index && !(graph.node[root].dims.rank == 4 && graph.node[root].dims.bounded());
        own = own && (in_loop || to.turn.places == 0);
        own = own && (to.region != Region::carry || to.turn.places != 0);  // the turns write over what the first one finds, which others may read still
        for (int i = 0; i < graph.sinks; ++i) own = own && root_of(graph.sink[i].node) != root;
        if (!own) {
            to.node = copy(id, 2);
            int& where = graph.node[to.node].segment;  // as appended, that at work
            if (in_loop || (to.turn.places == 0 && to.region != Region::carry && graph.node[id].kind != Kind::leaf)) {
                where = graph.node[id].segment;
            } else if (to.turn.places != 0) {
                where = in_segment;
                for (int s = in_segment + 1; s < graph.segments; ++s)
                    if (graph.segment[s].mirror == in_segment) where = s;
            }
        }
        if (graph.sinks == S) detail::refuse("strata: the graph has more sinks than were reckoned with; report this as a defect");
        graph.sink[graph.sinks++] = to;
    }

    /// Opens a segment that runs once, or a loop's.
    constexpr int open_segment(const Segment& s = {}) {
        if (graph.segments == max_segments) detail::refuse("strata: more loops in one program than it takes; write some out with Sequential");
        graph.segment[graph.segments] = s;
        return segment = graph.segments++;
    }
    constexpr int new_stack(const Dims& dims, DType type) {
        if (graph.stacks == max_stacks) detail::refuse("strata: more loops in one program than it takes; write some out with Sequential");
        graph.stack[graph.stacks] = Stack{dims, type, 2};
        return graph.stacks++;
    }
    /// A place of a stack: that of the turn's number and `phase`, or, where it does not turn, number `phase`.
    static constexpr Sink carried(int id, int stack, int phase, bool turns) { return Sink{id, Region::carry, stack, 0, Turn{phase, turns ? 1 : 0, 0}}; }
    constexpr int carried_leaf(int stack, int phase, bool turns) {
        const Stack& s = graph.stack[stack];
        return leaf(Region::carry, stack, 0, s.type, s.dims, carried(-1, stack, phase, turns).turn);
    }
    /// Begins a loop over x.   Returns what a turn finds.
    constexpr int begin_loop(int turns, int x) {
        if (loops == max_loops_traced) detail::refuse("strata: more loops in one program than it takes; write some out with Sequential");
        Loop& l = loop[loops];
        l.turns = turns;
        l.begin = x;
        l.stack = new_stack(graph.node[x].dims, graph.node[x].type);
        sink(carried(x, l.stack, 0, false), segment);
        l.segment = open_segment(Segment{turns, false, 0});
        return l.first = carried_leaf(l.stack, 0, true);
    }
    /// Ends it: y is what a turn hands on.   Returns what the last one does.
    constexpr int end_loop(int y) {
        Loop& l = loop[loops++];
        l.result = y;
        sink(carried(y, l.stack, 1, true), segment);
        open_segment();
        return l.last = carried_leaf(l.stack, l.turns, false);
    }
    /// The loop whose `first` (or `last`) a node is, or -1.
    constexpr int loop_at(int id, int Loop::* end) const {
        for (int l = 0; l < loops; ++l)
            if (loop[l].*end == id) return l;
        return -1;
    }

    /// The node whose memory a view shows.
    constexpr int root_of(int id) const {
        while (graph.node[id].kind == Kind::move && graph.node[id].attributes.value[9] == 0) id = graph.node[id].in[0];
        return id;
    }
    /// The random numbers of a call that were asked for before, or -1.
    constexpr int drawn(int call) const {
        if (call >= 0)
            for (int id = 0; id < graph.nodes; ++id)
                if (graph.node[id].kind == Kind::random && graph.node[id].attributes.value[2] == call + 1 && visible(graph.node[id].segment)) return id;
        return -1;
    }
    /// A copy of a value: in the layout that the plan likes (1) or in row-major order (2).
    constexpr int copy(int id, int layout) {
        Node n;
        n.kind = Kind::move;
        n.op = -1;
        n.type = graph.node[id].type;
        n.arity = 1;
        n.in[0] = id;
        n.dims = graph.node[id].dims;
        n.attributes.value[0] = static_cast<int>(Move::broadcast);
        n.attributes.value[9] = layout;
        return append(n);
    }
    /// All of a region's sinks as one flat block.
    constexpr int pack(Region region, long elements) {
        Node n;
        n.kind = Kind::pack;
        n.op = -1;
        n.type = real;
        n.dims = Dims{1, {static_cast<int>(elements)}};
        n.attributes.value[0] = static_cast<int>(region);
        return append(n);
    }

    /// Appends a node or returns one that computes the same.
    constexpr int add(Node n) {
        if (n.kind == Kind::map) {
            const OpFacts& f = facts[n.op];
            if (f.commutative && n.arity == 2 && n.in[0] > n.in[1]) {
                const int other = n.in[0];
                n.in[0] = n.in[1];
                n.in[1] = other;
            }
            if (f.has_unit) {
                for (int i = 0; i < 2; ++i) {
                    const Node& unit = graph.node[n.in[i]];
                    if (unit.kind == Kind::constant && unit.value == f.unit && graph.node[n.in[1 - i]].dims == n.dims && graph.node[n.in[1 - i]].type == n.type) return n.in[1 - i];
                }
            }
        }
        if (n.kind == Kind::move && n.arity == 1) {
            const Node& source = graph.node[n.in[0]];
            const Move move = static_cast<Move>(n.attributes.value[0]);
            if (source.kind == Kind::constant && (move != Move::pad || source.value == 0)) return constant(source.value, n.dims, source.type);
            if (move != Move::transpose && source.dims == n.dims) return n.in[0];
            if (move == Move::reshape && source.kind == Kind::move &&
                source.attributes.value[0] == static_cast<int>(Move::reshape)) {
                n.in[0] = source.in[0];
                return add(n);
            }
        }
        // 16-bit values are moved and chosen as they lie, and widened then.
        if (((n.kind == Kind::move && n.arity == 1) || n.kind == Kind::gather) && widens(graph, n.in[0])) {
            Node wide = graph.node[n.in[0]];
            n.in[0] = wide.in[0];
            n.type = graph.node[n.in[0]].type;
            wide.dims = n.dims;
            wide.in[0] = add(n);
            return add(wide);
        }
        if (n.kind == Kind::map && n.arity == 1 && is_narrow_type(n.type) && widens(graph, n.in[0]) && graph.node[graph.node[n.in[0]].in[0]].type == n.type)
            return graph.node[n.in[0]].in[0];
        if (n.kind == Kind::reduce) {
            bool folds = false;
            for (int i = 0; i < n.dims.rank; ++i) folds = folds || n.dims.extent[i] != graph.node[n.in[0]].dims.extent[i];
            if (!folds && n.attributes.value[0] != static_cast<int>(Fold::argmax)) return n.in[0];
            if (!folds) return constant(0, n.dims, n.type);  // the only place there is
            // A fold over everything: first within the rows, then over them, so that a row kernel takes both.
            const Dims& from = graph.node[n.in[0]].dims;
            bool all = n.attributes.value[0] == static_cast<int>(Fold::sum), inner = false;
            for (int i = 0; i < from.rank; ++i) {
                all = all && n.dims.extent[i] == 1;
                inner = inner || (i > 0 && from.extent[i] != 1);
            }
            if (all && inner && from.extent[0] != 1) {
                Node rows = n;
                rows.dims.extent[0] = from.extent[0];
                rows.attributes.value[1] = n.attributes.value[1] & ~1;
                n.in[0] = add(rows);
            }
        }
        if (n.kind == Kind::random) {  // each call has its own stream
            n.attributes.value[1] = graph.nodes;
            return append(n);
        }
        return intern(n);
    }

  private:
    constexpr int append(Node n) {
        n.derived = derived;
        n.segment = n.kind == Kind::leaf || n.kind == Kind::constant || n.kind == Kind::index ? 0 : segment;
        if (graph.nodes == N) detail::refuse("strata: the graph is larger than was reckoned with; report this as a defect");
        graph.node[graph.nodes] = n;
        return graph.nodes++;
    }
    /// Whether the segment at work may read what segment s computed.
    constexpr bool visible(int s) const { return s == segment || graph.segment[s].turns == 0 || (s != 0 && graph.segment[segment].mirror == s); }
    static constexpr bool equal(const Node& a, const Node& b) {
        return a.kind == b.kind && a.op == b.op && a.in[0] == b.in[0] && a.in[1] == b.in[1] && a.in[2] == b.in[2] && a.type == b.type && a.dims == b.dims &&
               a.attributes == b.attributes && std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);  // -0 is not 0, NaN is NaN
    }
    constexpr int intern(const Node& n) {
        unsigned h = static_cast<unsigned>(n.op + 7) * 2654435761u;
        h = (h ^ static_cast<unsigned>(n.in[0] + 1)) * 2246822519u;
        h = (h ^ static_cast<unsigned>(n.in[1] + 1)) * 3266489917u;
        h = (h ^ static_cast<unsigned>(n.in[2] + 1) ^ static_cast<unsigned>(n.dims.extent[0])) * 668265263u;
        h = (h ^ static_cast<unsigned>(n.attributes.value[1]) ^ static_cast<unsigned>(n.attributes.value[2]) * 31u) * 374761393u;
        for (unsigned at = (h >> 3) % (2 * N + 1);; at = at == 2 * N ? 0 : at + 1) {
            if (bucket[at] == 0) {
                const int id = append(n);
                bucket[at] = id + 1;
                return id;
            }
            const Node& other = graph.node[bucket[at] - 1];
            if (equal(other, n) && visible(other.segment)) return bucket[at] - 1;
        }
    }
};

}  // namespace strata
