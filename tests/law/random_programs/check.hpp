// SPDX-License-Identifier: BSL-1.0
/// An expression run by the real kernels, with its gradient, against the interpreter of its graph in double and against differences.
#pragma once

#include <strata/op.hpp>

#include "../../support/check.hpp"
#include "../../support/interpreter.hpp"

namespace strata::test {

/// The operand number `at` of a program: reals in (-2, 2), integers in [0, below), masks.
template <class T, int... D>
Tensor<T, D...> operand(unsigned program, unsigned at, int below = 2) {
    if constexpr (std::is_floating_point_v<T>)
        return scattered<Tensor<T, D...>>(program * 16 + at);
    else
        return scattered<Tensor<T, D...>>(program * 16 + at, 0, below);
}

namespace programs {
/// Room for a program and its gradient.
using AnyGraph = Graph<640, 32>;

/// What a program says of its operands: a graph, and the memory behind its leaves.
struct Meaning {
    AnyGraph graph{};
    CallTable calls = nullptr;
    detail::Operand tensor[64];
    detail::Literal number[64] = {1.0};
};
template <class Trace, class E>
Meaning meaning_of(const E& e) {
    static constexpr auto g = Trace::graph();
    Meaning m;
    for (int i = 0; i < g.nodes; ++i) m.graph.node[i] = g.node[i];
    for (int i = 0; i < g.sinks; ++i) m.graph.sink[i] = g.sink[i];
    m.graph.nodes = g.nodes, m.graph.sinks = g.sinks;
    m.calls = Calls<typename Trace::List>::at;
    detail::LeafCount n;
    detail::Shadow<E>::bind(e, m.tensor, m.number, n);
    return m;
}
/// How far a tensor's elements are moved, each by its own sign.
struct Nudge {
    double absolute = 0, relative = 0;
    unsigned seed = 0;
    /// Of element i of a tensor that begins with the number `first`, which tells tensors apart in the same way in every run.
    double sign(double first, long i) const {
        std::uint64_t h = __builtin_bit_cast(std::uint64_t, first) * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(i) * 0xBF58476D1CE4E5B9u + seed * 0x94D049BB133111EBu;
        h = (h ^ (h >> 31)) * 0xD6E8FEB86659FD93u;
        return h >> 63 ? 1 : -1;
    }
};
/// The sinks of a program by their number, all of it in double, on nudged operands.
inline std::vector<std::vector<double>> interpreted(Meaning m, const Nudge& nudge) {
    std::vector<std::vector<double>> moved(64), out(static_cast<std::size_t>(m.graph.sinks));
    std::vector<double> numbers;
    std::vector<std::int32_t> whole;
    for (const detail::Literal& v : m.number) {
        numbers.push_back(v.as<double>());
        whole.push_back(v.fits<std::int32_t>() ? v.as<std::int32_t>() : 0);
    }
    Binding run;
    run.region[static_cast<int>(Region::scalar)] = numbers.data();
    run.region[static_cast<int>(Region::state)] = whole.data();
    for (int i = 0; i < m.graph.nodes; ++i) {
        Node& n = m.graph.node[i];
        if (n.kind != Kind::leaf) continue;
        const auto index = static_cast<std::size_t>(n.attributes.value[1]);
        const bool input = static_cast<Region>(n.attributes.value[0]) == Region::input, real = is_floating(n.type);
        if (input) run.input[index] = m.tensor[index].data;
        if (input && real) {
            for (long k = 0; k < n.dims.size(); ++k) {
                const double v = element(m.tensor[index].data, n.type, k);
                moved[index].push_back(v + nudge.sign(element(m.tensor[index].data, n.type, 0), k) * (nudge.absolute + nudge.relative * std::abs(v)));
            }
            run.input[index] = moved[index].data();
        }
        if (real) n.type = DType::f64;
    }
    const auto values = interpret_graph(m.graph, m.calls, 1, run);
    for (int s = 0; s < m.graph.sinks; ++s) out[static_cast<std::size_t>(m.graph.sink[s].index)] = values[static_cast<std::size_t>(m.graph.sink[s].node)].at;
    return out;
}
/// Right results, and how much each changes when the operands change by a few roundings: no machine knows it better.
struct Wanted {
    std::vector<std::vector<double>> value, slack;
};
inline Wanted wanted(const Meaning& m, double rounding) {
    Wanted w{interpreted(m, {}), {}};
    for (const auto& v : w.value) w.slack.emplace_back(v.size());
    for (unsigned seed = 1; seed <= 4; ++seed) {
        const auto other = interpreted(m, {0, rounding, seed});
        for (std::size_t s = 0; s < other.size(); ++s)
            for (std::size_t i = 0; i < other[s].size(); ++i) w.slack[s][i] = std::fmax(w.slack[s][i], std::abs(other[s][i] - w.value[s][i]));
    }
    return w;
}
/// Empty, or the first element that is not as wanted.
template <class T>
std::string difference(const T& is, const std::vector<double>& should, const std::vector<double>& slack, double most) {
    if (is.size != static_cast<long>(should.size())) return "another number of elements";
    for (long i = 0; i < is.size; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const double a = static_cast<double>(is.data()[i]), b = should[at];
        if (near(a, b, most) || std::abs(a - b) <= most * std::fmax(1, std::abs(b)) + 20 * slack[at]) continue;
        return "at " + std::to_string(i) + ": " + std::to_string(a) + ", not " + std::to_string(b) + ", which changes by " + std::to_string(slack[at] * 1e9) + "e-9";
    }
    return "";
}
template <class X>
auto reals(const X& x) {
    if constexpr (std::is_floating_point_v<typename X::Type>)
        return std::tuple<const X&>(x);
    else
        return std::tuple<>();
}

/// The gradient of sum(e dy) by tensors x: what the interpreter makes of its graph, and what differences of e say along two directions.
template <class E, class DY, class... X>
void check_derivatives(const E& e, const DY& dy, const Meaning& forward, double rounding, double most, const X&... x) {
    const auto loss = detail::wrap(sum(e * dy));
    const auto gradients = gradient(loss, x...);
    using L = std::remove_cvref_t<decltype(loss)>;
    const Meaning meaning = meaning_of<detail::GradientTrace<L, X...>>(loss);
    const Wanted each = wanted(meaning, rounding);
    double slope[2] = {}, size = 1;
    std::size_t part = 0;
    const Nudge direction[2] = {{1, 0, 7}, {1, 0, 8}};
    const auto one = [&]<class W>(const W& w, const auto& g) {
        std::vector<double> should(static_cast<std::size_t>(W::size)), slack(should.size());
        constexpr auto c = detail::FindCandidates<L, typename W::Type, typename W::Shape>::make();
        for (int k = 0; k < c.count; ++k, ++part)
            for (std::size_t i = 0; meaning.tensor[c.at[k]].data == w.data() && i < should.size(); ++i) should[i] += each.value[part][i], slack[i] += each.slack[part][i];
        CHECK(difference(g, should, slack, most) == "");
        for (long i = 0; i < W::size; ++i) {
            for (int d = 0; d < 2; ++d) slope[d] += direction[d].sign(static_cast<double>(w.data()[0]), i) * static_cast<double>(g.data()[i]);
            size += std::abs(static_cast<double>(g.data()[i]));
        }
    };
    std::apply([&](const auto&... g) { (one(x, g), ...); }, gradients);
    for (int i = 0; i < forward.graph.nodes; ++i)
        if (forward.graph.node[i].kind == Kind::random) return;  // the two programs draw other numbers
    for (int d = 0; d < 2; ++d) {
        const auto quotient = [&](double h) {
            const auto above = interpreted(forward, {h, 0, direction[d].seed})[0], below = interpreted(forward, {-h, 0, direction[d].seed})[0];
            double sum = 0;
            for (std::size_t i = 0; i < above.size(); ++i) sum += (above[i] - below[i]) / (2 * h) * static_cast<double>(dy.data()[i]);
            return sum;
        };
        const double wide = quotient(1e-5), close = quotient(2.5e-6);
        if (std::abs(wide - close) > 1e-5 * size) continue;  // a kink between
        CAPTURE(slope[d]);
        CAPTURE(close);
        CHECK(std::abs(slope[d] - close) <= (1e-4 + 100 * most) * size);
    }
}
}  // namespace programs

/// Computes e, whose tensors are x.   Text: how it was written.
template <class E, class... X>
void check_expression(const std::string& text, const E& e, const X&... x) {
    CAPTURE(text);
    using Trace = detail::ExpressionTrace<E>;
    constexpr bool rough = std::is_same_v<typename Trace::Real, float>;
    constexpr double rounding = rough ? 1e-6 : 1e-14, most = rough ? 2e-5 : 1e-11;
    const programs::Meaning meaning = programs::meaning_of<Trace>(e);
    const programs::Wanted value = programs::wanted(meaning, rounding);
    const auto y = computed(e);
    CHECK(programs::difference(y, value.value[0], value.slack[0], most) == "");
    if constexpr (std::is_floating_point_v<typename E::Type>) {
        const auto dy = scattered<std::remove_const_t<decltype(y)>>(4711);
        std::apply([&](const auto&... w) { programs::check_derivatives(e, dy, meaning, rounding, most, w...); }, std::tuple_cat(programs::reals(x)...));
    }
}

}  // namespace strata::test
