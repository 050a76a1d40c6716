// SPDX-License-Identifier: BSL-1.0
/// Random graphs of ops, built by the builder at run time, with gradients by reverse mode.
#pragma once

#include <string>

#include <strata/graph/differentiate.hpp>
#include <strata/graph/simplify.hpp>
#include <strata/op.hpp>

#include "dice.hpp"
#include "interpreter.hpp"

namespace strata::test {

/// How random graphs are made.
struct Recipe {
    int nodes = 10;       ///< ops, before gradients
    int capacity = 1;     ///< of a bounded batch; 1: none
    bool images = false;  ///< convolutions and pooling too
    bool gradients = false;
    bool products = true;
    bool moves = true;
    bool choices = false;  ///< rows of tables
};

inline constexpr int random_nodes = 384, random_sinks = 16;
using RandomGraph = Graph<random_nodes, random_sinks>;
using RandomBuilder = Builder<random_nodes, random_sinks>;

namespace grow {
using Same = Sliding<1, 1, 1, 1>;
using Wide = Sliding<2, 1, 1, 0>;
using Pairs = Sliding<2, 2>;
using Any = AnyRef;
template <class E>
using Of = std::remove_cvref_t<E>;
inline constexpr Any x{};
using List = OpsOf<decltype(strata::tanh(x)), decltype(strata::sigmoid(x)), decltype(strata::relu(x)), decltype(strata::exp(x)), decltype(strata::square(x)),
                   decltype(strata::abs(x)), decltype(-x), decltype(strata::detach(x)), decltype(strata::maximum(x, x)), decltype(strata::minimum(x, x)),
                   decltype(x - x), decltype(x * x), decltype(x / x), decltype(x >= x), decltype(x == x), decltype(strata::sqrt(x)), decltype(strata::rsqrt(x)), decltype(strata::log(x)),
                   decltype(strata::select(x > x, x, x)), decltype(strata::logical_and(x < x, x <= x)), decltype(sum_keep(x, axes<>)),
                   decltype(sum_keep(x, axis<0>)), decltype(sum_keep(x, axis<-1>)), decltype(sum_keep(x, axis<1>)), decltype(sum_keep(x, axes<0, 1>)),
                   decltype(sum_keep(x, axes<0, 2>)), decltype(sum_keep(x, axes<0, 2, 3>)), decltype(sum_keep(x, axes<1, 2>)),
                   decltype(max_keep(x, axis<-1>)), decltype(max_keep(x, axis<0>)), decltype(min_keep(x, axis<-1>)), decltype(max_keep(x, axis<1>)),
                   decltype(max_keep(x, axes<>)), decltype(argmax_keep(x, axis<-1>)), decltype(strata::apply<TransposeOp<1, 0>>(x)),
                   decltype(strata::apply<TransposeOp<0, 2, 1>>(x)), decltype(strata::apply<TransposeOp<2, 0, 1>>(x)), decltype(strata::apply<MatmulOp<false, false>>(x, x)),
                   decltype(strata::apply<MatmulOp<true, false>>(x, x)), decltype(strata::apply<MatmulOp<false, true>>(x, x)),
                   decltype(strata::apply<MatmulOp<true, true>>(x, x)), decltype(strata::apply<RandomLikeOp>(x)), decltype(cast<float>(argmax_keep(x, axis<-1>))),
                   decltype(strata::apply<Conv2dOp<Same>>(x, x)), decltype(strata::apply<Conv2dOp<Wide>>(x, x)), decltype(strata::apply<MaxPoolOp<2, 2, Pairs>>(x)),
                   decltype(strata::apply<AveragePoolOp<3, 3, Same>>(x)), decltype(strata::apply<MaxPoolOp<3, 3, Same>>(x)),
                   decltype(strata::apply<AveragePoolOp<2, 2, Pairs>>(x)), decltype(strata::apply<SliceOp<-1, 1, to_end, 1>>(x)),
                   decltype(strata::apply<SliceOp<-1, -2, to_end, 1>>(x)), decltype(strata::apply<SliceOp<-1, 0, to_end, 2>>(x)),
                   decltype(strata::apply<SliceOp<-2, 1, to_end, 3>>(x)), decltype(strata::apply<SliceOp<-2, 0, -1, 1>>(x)),
                   decltype(strata::apply<PadOp<-1, 2, 1>>(x)), decltype(strata::apply<PadOp<-2, 1, 0>>(x)), decltype(strata::apply<PadOp<-1, 0, 3>>(x)),
                   decltype(strata::apply<GatherOp<0>>(x, x)), decltype(strata::apply<GatherOp<1>>(x, x)), decltype(strata::apply<GatherOp<-1>>(x, x))>;

class Grower {
  public:
    RandomBuilder b{};
    Dice dice;
    Recipe recipe;
    int leaves = 0;
    /// What grow differentiated: a sum of products of the last value, by these leaves.
    int loss = -1, by[random_sinks] = {}, gradient[random_sinks] = {}, count = 0;

    Grower(std::uint64_t seed, const Recipe& r) : dice{seed}, recipe(r) {
        b.facts = Ops<List>::facts;
        b.real = DType::f64;
    }
    void grow() {
        const int rank = recipe.images ? 4 : 1 + dice(3);
        Dims d{};
        d.rank = rank;
        for (int i = 0; i < rank; ++i) d.extent[i] = size();
        if (recipe.capacity > 1) d.extent[0] = -recipe.capacity;
        if (recipe.images) d.extent[1] = 1 + dice(3), d.extent[2] = 4 + dice(3), d.extent[3] = 4 + dice(3);
        for (int i = 0; i <= dice(2); ++i) pool[pooled++] = leaf(d);
        for (int i = 0; i < recipe.nodes; ++i) {
            const int id = op();
            if (id >= 0 && b.graph.node[id].type == DType::f64) pool[pooled++] = id;
        }
        const int outputs = 1 + dice(3);
        int out = 0;
        b.sink(pool[pooled - 1], Region::output, out++);
        for (int i = 1; i < outputs; ++i) b.sink(pool[dice(pooled)], Region::output, out++);
        if (recipe.gradients) {
            loss = lower<List>(b, sum_keep(Any{pool[pooled - 1]} * Any{weights(b.dims(pool[pooled - 1]))}, axes<>));
            for (int i = 0; i < b.graph.nodes && count < 8; ++i)
                if (b.graph.node[i].kind == Kind::leaf) by[count++] = i;
            differentiate<List>(b, loss, by, count, gradient);
            for (int i = 0; i < count; ++i) b.sink(gradient[i], Region::output, out++);
        }
    }

  private:
    int pool[random_nodes] = {}, pooled = 0;

    int size() {
        static constexpr int sizes[] = {1, 2, 3, 5, 7, 9, 17};
        return sizes[dice(7)];
    }
    int leaf(const Dims& d) { return b.leaf(Region::input, leaves++, 0, DType::f64, d); }
    /// Numbers that make a loss of a value: a leaf, but for bounded values, whose loss is a plain sum.
    int weights(const Dims& d) { return d.bounded() || leaves > 6 ? b.constant(1.0) : leaf(d); }
    int any() { return pool[dice(pooled) > pooled / 2 ? pooled - 1 - dice(pooled < 4 ? pooled : 4) : dice(pooled)]; }
    bool fit(const Dims& a, const Dims& c) const {
        const Fit f = strata::detail::broadcast(a, c);
        for (int i = 1; i < f.dims.rank; ++i)
            if (f.dims.extent[i] < 0) return false;  // a batch comes first
        return f.ok && f.dims.size() < 40000;
    }
    int partner(int a) {
        for (int tries = 0; tries < 6; ++tries) {
            const int c = any();
            if (fit(b.dims(a), b.dims(c))) return c;
        }
        if (dice(2) && leaves < 7) {  // a leaf that broadcasts
            Dims d = b.dims(a);
            if (d.rank > 1 && dice(2)) {
                for (int i = 0; i + 1 < d.rank; ++i) d.extent[i] = d.extent[i + 1];
                --d.rank;
                if (d.bounded()) return a;
            }
            for (int i = d.bounded() ? 1 : 0; i < d.rank; ++i)
                if (dice(3) == 0) d.extent[i] = 1;
            return leaf(d);
        }
        return b.constant(dice.number() + 1.5);
    }
    int reshaped(int a) {
        Dims d = b.dims(a);
        if (d.rank == 0) return -1;
        const int from = d.bounded() ? 1 : 0;
        if (d.bounded() && d.extent[0] != -recipe.capacity && d.rank < 4) {  // rows of samples into samples again
            const int rows = -d.extent[0] / recipe.capacity, two = d.rank < 3 && rows % 2 == 0 ? 2 : 1;
            for (int k = d.rank + two - 1; k > two; --k) d.extent[k] = d.extent[k - two];
            d.rank += two;
            d.extent[0] = -recipe.capacity, d.extent[1] = rows / two, d.extent[two] = two == 2 ? 2 : rows;
        } else if (d.bounded() && d.rank > 1 && dice(4) == 0) {  // samples into their rows
            d.extent[0] *= d.extent[1];
            for (int k = 1; k + 1 < d.rank; ++k) d.extent[k] = d.extent[k + 1];
            --d.rank;
            d.extent[d.rank] = 0;
        } else if (d.rank - from >= 2 && dice(2)) {  // two axes into one
            const int i = from + dice(d.rank - from - 1);
            d.extent[i] *= d.extent[i + 1];
            for (int k = i + 1; k + 1 < d.rank; ++k) d.extent[k] = d.extent[k + 1];
            --d.rank;
            d.extent[d.rank] = 0;
        } else if (d.rank < 4 && d.rank > from) {  // an axis of extent 1, or one cut
            const int i = from + dice(d.rank - from);
            for (int k = d.rank; k > i; --k) d.extent[k] = d.extent[k - 1];
            ++d.rank;
            const int e = d.extent[i], cut = e % 3 == 0 ? 3 : e % 2 == 0 ? 2 : 1;
            d.extent[i] = cut;
            d.extent[i + 1] = e / cut;
        } else {
            return -1;
        }
        return shaped(a, d);
    }
    int shaped(int a, const Dims& d) { return lower<List>(b, strata::apply<ReshapeLikeOp>(Any{a}, Any{b.constant(0.125, d)})); }
    /// A part of an axis, or zeros around it.
    int shifted(int a) {
        const Dims d = b.dims(a);
        const int free = d.rank - (d.bounded() ? 1 : 0);  // axes that are not the batch
        if (free < 1) return -1;
        const int last = d.extent[d.rank - 1], before = free < 2 ? 0 : d.extent[d.rank - 2];
        const Any v{a};
        switch (dice(8)) {
            case 0: return last < 2 ? -1 : lower<List>(b, strata::apply<SliceOp<-1, 1, to_end, 1>>(v));
            case 1: return last < 2 ? -1 : lower<List>(b, strata::apply<SliceOp<-1, -2, to_end, 1>>(v));
            case 2: return lower<List>(b, strata::apply<SliceOp<-1, 0, to_end, 2>>(v));
            case 3: return before < 2 ? -1 : lower<List>(b, strata::apply<SliceOp<-2, 1, to_end, 3>>(v));
            case 4: return before < 2 ? -1 : lower<List>(b, strata::apply<SliceOp<-2, 0, -1, 1>>(v));
            case 5: return lower<List>(b, strata::apply<PadOp<-1, 2, 1>>(v));
            case 6: return free < 2 ? -1 : lower<List>(b, strata::apply<PadOp<-2, 1, 0>>(v));
            default: return lower<List>(b, strata::apply<PadOp<-1, 0, 3>>(v));
        }
    }
    /// Rows of a or of a table, chosen by the places of the greatest elements of another value: within it, but for a few.
    int chosen(int a) {
        if (leaves < 6 && dice(2)) a = leaf(Dims{2 + dice(2), {size(), size(), 2}});
        const Dims d = b.dims(a);
        const int axis = dice(3) == 0 ? -1 : dice(2), at = d.axis(axis);
        if (d.rank == 0 || at >= d.rank || at < 0 || d.extent[at] < 0) return -1;
        for (int tries = 0; tries < 9; ++tries) {
            const int from = leaves < 6 && dice(2) ? leaf(Dims{1 + dice(2), {1 + dice(4), d.extent[at]}}) : any();
            Dims i = b.dims(from);
            const int most = i.rank == 0 ? 0 : i.extent[i.rank - 1];
            if (most < 1 || (at > 0 && i.bounded()) || i.rank + d.rank - 1 > max_rank - 1 || (most > d.extent[at] && dice(9) > 0)) continue;
            if (i.size() / most * d.size() / d.extent[at] > 4000) continue;
            const int where = lower<List>(b, argmax_keep(Any{from}, axes<-1>));
            i = b.dims(where);
            if (dice(2) && i.rank > 1 && i.extent[i.rank - 1] == 1) --i.rank;
            for (int k = at + 1; k < d.rank; ++k) i.extent[i.rank++] = 1;
            const Any index{lower<List>(b, strata::apply<ReshapeLikeOp>(Any{where}, Any{b.constant(0.125, i)}))};
            return axis == 0 ? lower<List>(b, strata::apply<GatherOp<0>>(Any{a}, index))
                 : axis == 1 ? lower<List>(b, strata::apply<GatherOp<1>>(Any{a}, index))
                             : lower<List>(b, strata::apply<GatherOp<-1>>(Any{a}, index));
        }
        return -1;
    }
    int product(int a) {
        const Dims d = b.dims(a);
        if (d.rank < 2 || d.rank > 3 || leaves > 6) return -1;
        const bool ta = dice(3) == 0 && !(d.rank == 2 && d.bounded()), tb = dice(2) != 0;
        const int k = d.extent[d.rank - (ta ? 2 : 1)], n = size();
        if (k < 0) return -1;
        Dims w{d.rank == 3 ? 3 : 2, {}};
        if (w.rank == 3) w.extent[0] = d.extent[0];
        if (w.bounded() && dice(2)) return -1;
        w.extent[w.rank - 2] = tb ? n : k;
        w.extent[w.rank - 1] = tb ? k : n;
        int other = -1;
        for (int i = 0; i < pooled; ++i)
            if (b.dims(pool[i]) == w && dice(2)) other = pool[i];
        const Any l{a}, r{other < 0 ? leaf(w) : other};
        return ta ? tb ? lower<List>(b, strata::apply<MatmulOp<true, true>>(l, r)) : lower<List>(b, strata::apply<MatmulOp<true, false>>(l, r))
               : tb ? lower<List>(b, strata::apply<MatmulOp<false, true>>(l, r))
                    : lower<List>(b, strata::apply<MatmulOp<false, false>>(l, r));
    }
    /// A convolution's weights, some of them computed.
    int filters(const Dims& d) {
        const int w = leaf(d), what = dice(4);
        return what == 0 ? lower<List>(b, strata::tanh(Any{w})) : what == 1 ? lower<List>(b, Any{w} * 0.5) : w;
    }
    int slide(int a) {
        const Dims d = b.dims(a);
        if (d.rank == 4 && d.bounded() && dice(4) == 0) {  // a view of rows of all samples, or of flat values
            const int joined = dice(2) ? d.extent[1] : 1, row = d.extent[1] / joined * d.extent[2] * d.extent[3];
            a = lower<List>(b, strata::tanh(Any{shaped(a, {2, {d.extent[0] * joined, row}})}));
            pool[pooled++] = a;
            a = shaped(a, d);
        }
        if (d.rank != 4 || (recipe.capacity > 1 && !d.bounded())) return -1;
        switch (dice(6)) {
            case 0:
            case 1: {
                if (leaves > 6 || d.extent[2] < 2 || d.extent[3] < 2) return -1;
                const Any w{filters(Dims{4, {1 + dice(3), d.extent[1], 3, 3}})};
                return lower<List>(b, strata::apply<Conv2dOp<Same>>(Any{a}, w));
            }
            case 2: {
                if (leaves > 6 || d.extent[3] < 2 || d.extent[2] < 2) return -1;
                const Any w{filters(Dims{4, {1 + dice(3), d.extent[1], 2, 2}})};
                return lower<List>(b, strata::apply<Conv2dOp<Wide>>(Any{a}, w));
            }
            case 3: return d.extent[2] < 2 || d.extent[3] < 2 ? -1 : lower<List>(b, strata::apply<MaxPoolOp<2, 2, Pairs>>(Any{a}));
            case 4: return d.extent[2] < 2 || d.extent[3] < 2 ? -1 : lower<List>(b, strata::apply<AveragePoolOp<3, 3, Same>>(Any{a}));
            default: return d.extent[2] < 2 || d.extent[3] < 2 ? -1 : lower<List>(b, strata::apply<MaxPoolOp<3, 3, Same>>(Any{a}));
        }
    }
    int folded(int a) {
        const int rank = b.dims(a).rank;
        if (rank == 0) return -1;
        const Any v{a};
        switch (dice(13)) {
            case 0: return lower<List>(b, sum_keep(v, axis<0>));
            case 1: return lower<List>(b, sum_keep(v, axis<-1>));
            case 2: return rank < 2 ? -1 : lower<List>(b, sum_keep(v, axis<1>));
            case 3: return rank < 2 ? -1 : lower<List>(b, sum_keep(v, axes<0, 1>));
            case 4: return rank < 3 ? -1 : lower<List>(b, sum_keep(v, axes<0, 2>));
            case 5: return rank < 4 ? -1 : lower<List>(b, sum_keep(v, axes<0, 2, 3>));
            case 6: return rank < 3 ? -1 : lower<List>(b, sum_keep(v, axes<1, 2>));
            case 7: return lower<List>(b, sum_keep(v, axes<>));
            case 8: return lower<List>(b, max_keep(v, axis<-1>));
            case 9: return lower<List>(b, max_keep(v, axis<0>));
            case 10: return lower<List>(b, min_keep(v, axis<-1>));
            case 11: return rank < 2 ? -1 : lower<List>(b, max_keep(v, axis<1>));
            default: return lower<List>(b, max_keep(v, axes<>));
        }
    }
    template <int A>
    int normalised(int a) {
        const Any v{a};
        if (dice(2)) {  // softmax
            const Any e{lower<List>(b, strata::exp(v - strata::detach(max_keep(v, axis<A>))))};
            return lower<List>(b, e / sum_keep(e, axis<A>));
        }
        const Any centred{lower<List>(b, v - sum_keep(v, axis<A>) * 0.2)};
        return lower<List>(b, centred * strata::rsqrt(sum_keep(strata::square(centred), axis<A>) * 0.3 + 0.1));
    }
    int op() {
        const int a = any();
        const Any v{a};
        const int what = dice(34);
        if (recipe.images && dice(3) == 0) return slide(a);
        if (recipe.choices && dice(3) == 0) return chosen(a);
        switch (what) {
            case 0: return lower<List>(b, strata::tanh(v));
            case 1: return lower<List>(b, strata::sigmoid(v));
            case 2: return lower<List>(b, strata::relu(v));
            case 3: return lower<List>(b, strata::exp(strata::tanh(v)));
            case 4: return lower<List>(b, strata::square(strata::tanh(v)));
            case 5: return lower<List>(b, strata::abs(v));
            case 6: return lower<List>(b, -v);
            case 7: return lower<List>(b, strata::detach(v));
            case 8: return lower<List>(b, strata::maximum(v, Any{partner(a)}));
            case 9: return lower<List>(b, strata::minimum(v, Any{partner(a)}));
            case 10:
            case 11: return lower<List>(b, v + Any{partner(a)});
            case 12: return lower<List>(b, v - Any{partner(a)});
            case 13: return lower<List>(b, strata::tanh(v) * Any{partner(a)});
            case 14: return lower<List>(b, v / (strata::square(Any{partner(a)}) + 1.5));
            case 15: return lower<List>(b, strata::select(v > Any{partner(a)}, v, 0.25));
            case 16: return lower<List>(b, strata::select(strata::logical_and(v < 0.5, v <= Any{partner(a)}), v, v * 0.5));
            case 17: return lower<List>(b, strata::sqrt(strata::square(v) + 0.3));
            case 18: return dice(3) == 0 ? lower<List>(b, v * strata::select(strata::apply<RandomLikeOp>(v) >= 0.3, 1.4, 0.0)) : -1;
            case 19:
            case 20:
            case 21: return folded(a);
            case 22: return b.dims(a).rank > 0 ? normalised<-1>(a) : -1;
            case 23: return b.dims(a).rank > 0 ? normalised<0>(a) : -1;
            case 24:
            case 25: return recipe.products ? product(a) : -1;
            case 26: return recipe.moves ? reshaped(a) : -1;
            case 27: {
                if (!recipe.moves) return -1;
                const Dims d = b.dims(a);
                if (d.rank == 2 && !d.bounded()) return lower<List>(b, strata::apply<TransposeOp<1, 0>>(v));
                if (d.rank == 3 && !d.bounded() && dice(2)) return lower<List>(b, strata::apply<TransposeOp<2, 0, 1>>(v));
                if (d.rank == 3) return lower<List>(b, strata::apply<TransposeOp<0, 2, 1>>(v));
                return -1;
            }
            case 28: return b.dims(a).rank > 0 ? lower<List>(b, strata::select(argmax_keep(v, axis<-1>) == argmax_keep(-v, axis<-1>), v, strata::tanh(v))) : -1;
            case 29:
            case 30:
            case 31: return recipe.moves ? shifted(a) : -1;
            default: {
                const int other = partner(a);
                return lower<List>(b, v * 0.5 + Any{other} * 0.25 + strata::tanh(v));
            }
        }
    }
};
}  // namespace grow

/// The builder again as it was when it had the first `nodes` nodes of a graph that it made, without sinks.
inline RandomBuilder rebuilt(const RandomGraph& g, int nodes) {
    RandomBuilder b;
    b.facts = Ops<grow::List>::facts;
    b.real = DType::f64;
    for (int i = 0; i < nodes; ++i) {
        const Node& n = g.node[i];
        b.derived = n.derived;
        const int layout = n.kind == Kind::move ? n.attributes.value[9] : 0;
        const int id = layout != 0 ? b.copy(n.in[0], layout) : b.add(n);
        if (id != i) throw std::logic_error("a graph is not made again as it was at node " + std::to_string(i));
    }
    return b;
}

/// Numbers in (-1, 1) for the inputs of a graph, bound to a run of it.
struct Inputs {
    std::vector<std::vector<double>> at = std::vector<std::vector<double>>(32);
    Binding run;

    template <int N, int S>
    Inputs(const Graph<N, S>& g, std::uint64_t seed) {
        Dice dice{seed + 1};
        run.seed = seed;
        run.step = 3;
        for (int i = 0; i < g.nodes; ++i) {
            const Node& n = g.node[i];
            if (n.kind != Kind::leaf || static_cast<Region>(n.attributes.value[0]) != Region::input) continue;
            std::vector<double>& v = at[static_cast<std::size_t>(n.attributes.value[1])];
            v.resize(static_cast<std::size_t>(n.dims.size()));
            for (double& e : v) e = dice.number();
            run.input[n.attributes.value[1]] = v.data();
        }
    }
    Inputs(const Inputs&) = delete;
    Inputs& operator=(const Inputs&) = delete;
};

/// A random graph, without dead nodes.
inline RandomGraph random_graph(std::uint64_t seed, const Recipe& recipe) {
    grow::Grower g(seed, recipe);
    g.grow();
    return without_dead<random_nodes, random_sinks>(g.b.graph);
}
inline constexpr int random_op_count = static_cast<int>(sizeof(Ops<grow::List>::facts) / sizeof(OpFacts));

}  // namespace strata::test
