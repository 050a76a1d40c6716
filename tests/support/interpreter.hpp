// SPDX-License-Identifier: BSL-1.0
/// A graph computed node by node, element by element, in double, by plain index arithmetic: what plans and kernels are measured by.
/// It knows graphs and ops only; nothing of groups, views, layouts or memory.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <strata/core/philox.hpp>
#include <strata/graph/graph.hpp>
#include <strata/graph/table.hpp>

namespace strata::test {

/// One run of a program: what is bound to its leaves, and its numbers.
struct Binding {
    int count = 1;
    std::uint64_t seed = 0, step = 0;
    const void* input[32] = {};
    const void* region[8] = {};  ///< by the region's number
};

/// Elements in row-major order under the extents of one run (a bounded extent is what the count makes of it).
struct Value {
    Dims dims;
    std::vector<double> at;
    double operator[](long i) const { return at[static_cast<std::size_t>(i)]; }
    double& operator[](long i) { return at[static_cast<std::size_t>(i)]; }
};

/// The extents that a node has when a batch of capacity `capacity` holds `count` samples.
inline Dims extents_in_run(Dims d, int count, int capacity) {
    for (int i = 0; i < d.rank; ++i)
        if (d.extent[i] < 0) d.extent[i] = -d.extent[i] / capacity * count;
    return d;
}

/// Calls f(index) for each place of d in row-major order.
template <class F>
void each_place(const Dims& d, F f) {
    int index[max_rank] = {};
    for (long i = 0; i < d.size(); ++i) {
        f(static_cast<const int*>(index));
        for (int a = d.rank - 1; a >= 0 && ++index[a] == d.extent[a]; --a) index[a] = 0;
    }
}
inline long place_of(const Dims& d, const int* index) {
    long at = 0;
    for (int i = 0; i < d.rank; ++i) at = at * d.extent[i] + index[i];
    return at;
}
/// The element of `from` that numpy's broadcasting puts at `index` of `to`.
inline long broadcast_place(const Dims& from, const Dims& to, const int* index) {
    long at = 0;
    for (int i = 0; i < from.rank; ++i) at = at * from.extent[i] + (from.extent[i] == 1 ? 0 : index[to.rank - from.rank + i]);
    return at;
}

template <class Op>
double call(const double* x, bool masked) {
    if constexpr (Op::kind != Kind::map)
        return std::numeric_limits<double>::quiet_NaN();
    else if constexpr (Op::arity == 1)
        return static_cast<double>(Op::apply(x[0]));
    else if constexpr (Op::arity == 2)
        return static_cast<double>(Op::apply(x[0], x[1]));
    else
        return masked ? static_cast<double>(Op::apply(x[0] != 0, x[1], x[2])) : std::numeric_limits<double>::quiet_NaN();
}
template <class L>
struct Calls;
template <class... O>
struct Calls<OpList<O...>> {
    using Function = double (*)(const double*, bool);
    static constexpr Function at[sizeof...(O)] = {&call<O>...};
};
using CallTable = double (*const*)(const double*, bool);

inline double element(const void* base, DType type, long i) {
    switch (type) {
        case DType::f32: return static_cast<double>(static_cast<const float*>(base)[i]);
        case DType::f64: return static_cast<const double*>(base)[i];
        case DType::i32: return static_cast<const std::int32_t*>(base)[i];
        case DType::i64: return static_cast<double>(static_cast<const std::int64_t*>(base)[i]);
        case DType::boolean: return static_cast<const unsigned char*>(base)[i] != 0 ? 1 : 0;  // a kernel reads bytes too: past the batch they may be anything
        default: throw std::logic_error("the interpreter reads no 16-bit numbers");
    }
}

namespace interpret {
/// NaN stays.
inline double fold(Fold f, double a, double b) {
    if (f == Fold::sum || f == Fold::mean || std::isnan(a) || std::isnan(b)) return a + b;
    return f == Fold::min ? std::fmin(a, b) : std::fmax(a, b);
}

inline Value reduce(const Node& n, const Value& x, const Dims& to) {
    const Fold f = static_cast<Fold>(n.attributes.value[0]);
    const double inf = std::numeric_limits<double>::infinity();
    const double start = f == Fold::sum ? 0 : f == Fold::min ? inf : -inf;
    std::vector<double> best(static_cast<std::size_t>(to.size()), f == Fold::argmax ? -inf : start);
    Value y{to, std::vector<double>(best.size(), f == Fold::argmax ? 0 : start)};
    each_place(x.dims, [&](const int* index) {
        const long o = broadcast_place(to, x.dims, index), i = place_of(x.dims, index);
        if (f != Fold::argmax) {
            y[o] = fold(f, y[o], x[i]);
            return;
        }
        long along = 0;
        for (int a = 0; a < x.dims.rank; ++a)
            if (n.attributes.value[1] >> a & 1) along = along * x.dims.extent[a] + index[a];
        double& b = best[static_cast<std::size_t>(o)];
        if (x[i] > b) b = x[i], y[o] = static_cast<double>(along);
    });
    return y;
}

inline Value contract(const Node& n, const Value& a, const Value& b, const Dims& to) {
    const bool ta = n.attributes.value[0] != 0, tb = n.attributes.value[1] != 0;
    Value y{to, std::vector<double>(static_cast<std::size_t>(to.size()))};
    const int k = a.dims.extent[a.dims.rank - (ta ? 2 : 1)];
    each_place(to, [&](const int* index) {
        int ia[max_rank] = {}, ib[max_rank] = {};
        for (int i = 0; i < a.dims.rank - 2; ++i) ia[i] = index[i];
        for (int i = 0; i < b.dims.rank - 2; ++i) ib[i] = index[to.rank - b.dims.rank + i];
        ia[a.dims.rank - (ta ? 1 : 2)] = index[to.rank - 2];
        ib[b.dims.rank - (tb ? 2 : 1)] = index[to.rank - 1];
        double sum = 0;
        for (int q = 0; q < k; ++q) {
            ia[a.dims.rank - (ta ? 2 : 1)] = q;
            ib[b.dims.rank - (tb ? 1 : 2)] = q;
            sum += a[place_of(a.dims, ia)] * b[place_of(b.dims, ib)];
        }
        y[place_of(to, index)] = sum;
    });
    return y;
}

/// Calls f(y place, x place, w place) for every product of a convolution of x by w to y.
template <class F>
void each_product(const Node& n, const Dims& x, const Dims& w, const Dims& y, F f) {
    const int* v = n.attributes.value;
    const int groups = v[7], filters = w.extent[0] / groups;
    each_place(y, [&](const int* o) {
        for (int c = 0; c < w.extent[1]; ++c)
            for (int ky = 0; ky < w.extent[2]; ++ky)
                for (int kx = 0; kx < w.extent[3]; ++kx) {
                    const int iy = o[2] * v[1] + ky * v[5] - v[3], ix = o[3] * v[2] + kx * v[6] - v[4];
                    if (iy < 0 || iy >= x.extent[2] || ix < 0 || ix >= x.extent[3]) continue;
                    const int xi[max_rank] = {o[0], o[1] / filters * w.extent[1] + c, iy, ix}, wi[max_rank] = {o[1], c, ky, kx};
                    f(place_of(y, o), place_of(x, xi), place_of(w, wi));
                }
    });
}
inline Value convolution(const Node& n, const Value& a, const Value& b, const Dims& to) {
    Value r{to, std::vector<double>(static_cast<std::size_t>(to.size()))};
    switch (static_cast<Convolve>(n.attributes.value[0])) {
        case Convolve::forward: each_product(n, a.dims, b.dims, to, [&](long y, long x, long w) { r[y] += a[x] * b[w]; }); break;
        case Convolve::data: each_product(n, to, b.dims, a.dims, [&](long y, long x, long w) { r[x] += a[y] * b[w]; }); break;
        case Convolve::weight: each_product(n, a.dims, to, b.dims, [&](long y, long x, long w) { r[w] += a[x] * b[y]; }); break;
    }
    return r;
}

/// Calls f(place) for the elements of x in the window at `o`, in scan order.
template <class F>
void each_in_window(const Node& n, const Dims& x, const int* o, F f) {
    const int* v = n.attributes.value;
    for (int ky = 0; ky < v[2]; ++ky)
        for (int kx = 0; kx < v[3]; ++kx) {
            const int i[max_rank] = {o[0], o[1], o[2] * v[4] + ky - v[6], o[3] * v[5] + kx - v[7]};
            if (i[2] >= 0 && i[2] < x.extent[2] && i[3] >= 0 && i[3] < x.extent[3]) f(place_of(x, i));
        }
}
inline Value window(const Node& n, const std::vector<const Value*>& in, const Dims& to) {
    const bool mean = static_cast<Fold>(n.attributes.value[0]) == Fold::mean, gradient = n.attributes.value[1] != 0;
    const double part = 1.0 / (n.attributes.value[2] * n.attributes.value[3]);
    Value r{to, std::vector<double>(static_cast<std::size_t>(to.size()))};
    if (!gradient) {
        const Value& x = *in[0];
        each_place(to, [&](const int* o) {
            double& y = r[place_of(to, o)];
            if (!mean) y = -std::numeric_limits<double>::infinity();
            each_in_window(n, x.dims, o, [&](long i) { y = mean ? y + x[i] * part : fold(Fold::max, y, x[i]); });
        });
        return r;
    }
    const Value& dy = *in.back();
    each_place(dy.dims, [&](const int* o) {
        const double d = dy[place_of(dy.dims, o)];
        if (mean) {
            each_in_window(n, to, o, [&](long i) { r[i] += d * part; });
            return;
        }
        const Value& x = *in[0];
        long first = -1;
        each_in_window(n, to, o, [&](long i) { first = first < 0 || x[i] > x[first] ? i : first; });
        r[first] += d;
    });
    return r;
}

inline Value move(const Node& n, const Value& x, const Dims& to) {
    Value y{to, std::vector<double>(static_cast<std::size_t>(to.size()))};
    each_place(to, [&](const int* index) {
        const long o = place_of(to, index);
        switch (static_cast<Move>(n.attributes.value[0])) {
            case Move::reshape: y[o] = x[o]; break;
            case Move::broadcast: y[o] = x[broadcast_place(x.dims, to, index)]; break;
            case Move::transpose: {
                int from[max_rank] = {};
                for (int i = 0; i < to.rank; ++i) from[n.attributes.value[1 + i]] = index[i];
                y[o] = x[place_of(x.dims, from)];
                break;
            }
            case Move::slice:
            case Move::pad: {
                const int axis = n.attributes.value[1], begin = n.attributes.value[2];
                const bool pads = static_cast<Move>(n.attributes.value[0]) == Move::pad;
                int from[max_rank] = {};
                for (int i = 0; i < to.rank; ++i) from[i] = index[i];
                from[axis] = pads ? index[axis] - begin : begin + index[axis] * n.attributes.value[3];
                y[o] = pads && (from[axis] < 0 || from[axis] >= x.dims.extent[axis]) ? 0 : x[place_of(x.dims, from)];
                break;
            }
        }
    });
    return y;
}

/// Calls f(place in a gather's result, place in its table), for which the place -1 stands for a row that the table has not.
template <class F>
void each_choice(const Node& n, const Dims& table, const Value& index, const Dims& result, F f) {
    const int axis = n.attributes.value[0], many = n.attributes.value[1];
    each_place(result, [&](const int* at) {
        int of_index[max_rank] = {}, of_table[max_rank] = {};
        for (int i = 0; i < many; ++i) of_index[i] = at[axis + i];
        for (int i = 0; i < table.rank; ++i) of_table[i] = at[i < axis ? i : i + many - 1];
        const double row = index[place_of(index.dims, of_index)];
        of_table[axis] = static_cast<int>(row);
        f(place_of(result, at), row < 0 || row >= table.extent[axis] ? -1 : place_of(table, of_table));
    });
}
inline Value gather(const Node& n, const Value& table, const Value& index, const Dims& to) {
    Value y{to, std::vector<double>(static_cast<std::size_t>(to.size()))};
    each_choice(n, table.dims, index, to, [&](long at, long row) { y[at] = row >= 0 ? table[row] : is_floating(n.type) ? std::numeric_limits<double>::quiet_NaN() : 0; });
    return y;
}
inline Value scatter(const Node& n, const Value& dy, const Value& index, const Dims& to) {
    Value y{to, std::vector<double>(static_cast<std::size_t>(to.size()))};
    each_choice(n, to, index, dy.dims, [&](long at, long row) {
        if (row >= 0) y[row] += dy[at];
    });
    return y;
}
}  // namespace interpret

/// All values of a graph; sinks stay in the values.   Shape: values[i] is node i under the extents of the run.
template <int N, int S>
std::vector<Value> interpret_graph(const Graph<N, S>& g, CallTable calls, int capacity, const Binding& run) {
    if (g.segments > 1) throw std::logic_error("the interpreter runs no loops");
    std::vector<Value> values(static_cast<std::size_t>(g.nodes));
    const auto value = [&](int id) -> Value& { return values[static_cast<std::size_t>(id)]; };
    for (int id = 0; id < g.nodes; ++id) {
        const Node& n = g.node[id];
        const Dims to = extents_in_run(n.dims, run.count, capacity);
        std::vector<const Value*> in;
        for (int k = 0; k < n.arity; ++k) in.push_back(&value(n.in[k]));
        Value y{to, std::vector<double>(static_cast<std::size_t>(to.size()))};
        switch (n.kind) {
            case Kind::leaf: {
                const Region region = static_cast<Region>(n.attributes.value[0]);
                const int index = n.attributes.value[1];
                const void* base = region == Region::input ? run.input[index] : run.region[static_cast<int>(region)];
                for (long i = 0; i < to.size(); ++i) y[i] = element(base, n.type, i + n.attributes.value[2] + (region == Region::scalar ? index : 0));
                break;
            }
            case Kind::constant:
                for (double& e : y.at) e = n.value;
                break;
            case Kind::index:
                for (long i = 0; i < to.size(); ++i) y[i] = static_cast<double>(i);
                break;
            case Kind::random:
                for (long i = 0; i < to.size(); ++i)
                    y[i] = static_cast<double>(
                        Philox::uniform(run.seed, run.step * 65536u + static_cast<std::uint64_t>(n.attributes.value[1]), static_cast<std::uint64_t>(i)));
                break;
            case Kind::map:
                each_place(to, [&](const int* index) {
                    double x[3] = {};
                    for (int k = 0; k < n.arity; ++k) x[k] = (*in[static_cast<std::size_t>(k)])[broadcast_place(in[static_cast<std::size_t>(k)]->dims, to, index)];
                    y[place_of(to, index)] = calls[n.op](x, g.node[n.in[0]].type == DType::boolean);
                });
                break;
            case Kind::reduce: y = interpret::reduce(n, *in[0], to); break;
            case Kind::contract: y = interpret::contract(n, *in[0], *in[1], to); break;
            case Kind::convolution: y = interpret::convolution(n, *in[0], *in[1], to); break;
            case Kind::window: y = interpret::window(n, in, to); break;
            case Kind::gather: y = interpret::gather(n, *in[0], *in[1], to); break;
            case Kind::scatter: y = interpret::scatter(n, *in[0], *in[1], to); break;
            case Kind::move: y = interpret::move(n, *in[0], to); break;
            case Kind::pack:
                for (int s = 0; s < g.sinks; ++s)
                    if (g.sink[s].region == static_cast<Region>(n.attributes.value[0])) {
                        const Value& part = value(g.sink[s].node);
                        for (std::size_t i = 0; i < part.at.size(); ++i) y[g.sink[s].offset + static_cast<long>(i)] = part.at[i];
                    }
                break;
            default: throw std::logic_error("the interpreter does not know this kind");
        }
        value(id) = y;
    }
    return values;
}

/// The values of a traced program (see Program for what Traced has).
template <class Traced>
std::vector<Value> interpret_trace(const Binding& run) {
    static constexpr auto graph = Traced::graph();
    return interpret_graph(graph, Calls<typename Traced::List>::at, Traced::capacity, run);
}

}  // namespace strata::test
