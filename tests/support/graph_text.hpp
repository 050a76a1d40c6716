// SPDX-License-Identifier: BSL-1.0
/// Graphs as text, a line a node, so that a test can write down the graph that it expects.
#pragma once

#include <string>

#include <strata/graph/graph.hpp>

namespace strata::test {

namespace text {
inline std::string dims(const Dims& d) {
    std::string s = "[";
    for (int i = 0; i < d.rank; ++i) s += (i > 0 ? ", " : "") + std::to_string(d.extent[i]);
    return s + "]";
}
inline std::string number(double v) {
    std::string s = std::to_string(v);
    while (s.back() == '0') s.pop_back();
    return s.back() == '.' ? s.substr(0, s.size() - 1) : s;
}
inline const char* region(int r) {
    constexpr const char* names[] = {"input", "parameter", "state", "gradient", "moment", "scalar", "output", "arena", "carry"};
    return names[r];
}
inline const char* type(DType t) {
    constexpr const char* names[] = {"f32", "f64", "bool", "i32", "i64", "bf16", "f16"};
    return names[static_cast<int>(t)];
}
/// What an op's attributes say: folded axes, the order of axes, the place of a part, which operands are transposed.
inline std::string attributes(const Node& n) {
    const int* v = n.attributes.value;
    std::string s;
    if (n.kind == Kind::reduce) {
        s = " over";
        for (int i = 0; i < max_rank; ++i)
            if (v[1] >> i & 1) s += " " + std::to_string(i);
    } else if (n.kind == Kind::contract) {
        s = std::string(v[0] ? " t" : " n") + (v[1] ? "t" : "n");
    } else if (n.kind == Kind::move && v[0] == static_cast<int>(Move::transpose)) {
        s = " order";
        for (int i = 0; i < n.dims.rank; ++i) s += " " + std::to_string(v[1 + i]);
    } else if (n.kind == Kind::move && (v[0] == static_cast<int>(Move::slice) || v[0] == static_cast<int>(Move::pad))) {
        s = " axis " + std::to_string(v[1]) + " at " + std::to_string(v[2]);
        if (v[0] == static_cast<int>(Move::slice)) s += " by " + std::to_string(v[3]);
    }
    return s;
}
}  // namespace text

/// `<number> <what> <operands> <attributes> <shape> <type, where it is not real>`, a + in front of derived nodes; then `<region> <index> = <number>`.
/// From node `first` on.
template <int N, int S>
std::string text_of(const Graph<N, S>& g, const OpFacts* facts, int first = 0, DType real = DType::f64) {
    std::string out;
    for (int i = first; i < g.nodes; ++i) {
        const Node& n = g.node[i];
        const int* v = n.attributes.value;
        out += (n.derived ? "+" : "") + std::to_string(i) + " ";
        if (n.kind == Kind::constant)
            out += text::number(n.value);
        else if (n.kind == Kind::leaf || n.kind == Kind::pack)
            out += std::string(n.kind == Kind::pack ? "pack " : "") + text::region(v[0]) + (n.kind == Kind::pack ? "" : " " + std::to_string(v[1])) +
                   (v[2] != 0 ? " at " + std::to_string(v[2]) : "");
        else
            out += n.op < 0 ? "copy" : facts[n.op].name;
        for (int k = 0; k < n.arity; ++k) out += " " + std::to_string(n.in[k]);
        out += text::attributes(n) + " " + text::dims(n.dims) + (n.type != real ? std::string(" ") + text::type(n.type) : "") + "\n";
    }
    for (int i = 0; i < g.sinks; ++i)
        out += std::string(text::region(static_cast<int>(g.sink[i].region))) + " " + std::to_string(g.sink[i].index) +
               (g.sink[i].offset != 0 ? " at " + std::to_string(g.sink[i].offset) : "") + " = " + std::to_string(g.sink[i].node) + "\n";
    return out;
}

/// What holds of every graph that a Builder made, or an empty string: the first node that reads a later one, or that is there twice.
template <int N, int S>
std::string ill_formed(const Graph<N, S>& g) {
    for (int i = 0; i < g.nodes; ++i) {
        const Node& n = g.node[i];
        for (int k = 0; k < n.arity; ++k)
            if (n.in[k] < 0 || n.in[k] >= i) return "node " + std::to_string(i) + " reads " + std::to_string(n.in[k]);
        const bool alone = n.kind == Kind::pack || (n.kind == Kind::move && n.attributes.value[9] != 0);  // copies are made on purpose
        for (int j = 0; j < i && !alone; ++j) {
            const Node& m = g.node[j];
            bool same = m.kind == n.kind && m.op == n.op && m.arity == n.arity && m.type == n.type && m.dims == n.dims && m.attributes == n.attributes;
            for (int k = 0; k < n.arity; ++k) same = same && m.in[k] == n.in[k];
            if (same && m.value == n.value) return "node " + std::to_string(i) + " computes what " + std::to_string(j) + " does";
        }
    }
    for (int i = 0; i < g.sinks; ++i)
        if (g.sink[i].node < 0 || g.sink[i].node >= g.nodes) return "sink " + std::to_string(i) + " is no node";
    return {};
}

/// A builder for ops of a list.
template <class Ops, int N = 64, int S = 8>
constexpr Builder<N, S> builder_for(DType real = DType::f64) {
    Builder<N, S> b;
    b.facts = Ops::facts;
    b.real = real;
    return b;
}

}  // namespace strata::test
