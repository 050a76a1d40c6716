// SPDX-License-Identifier: BSL-1.0
#include <strata/graph/simplify.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "../support/graph_text.hpp"
#include "../support/random_graph.hpp"

namespace strata::test {
namespace {

using List = OpsOf<decltype(exp(AnyRef{})), decltype(tanh(AnyRef{})), decltype(apply<RandomLikeOp>(AnyRef{}))>;
constexpr const OpFacts* facts = Ops<List>::facts;

template <class E>
constexpr int lowered(Builder<64, 8>& b, const E& e) {
    return lower<List>(b, e);
}
/// tanh(exp(x)) x, and beside it tanh(exp(y)) x, which is left without a sink.
constexpr Builder<64, 8> sample() {
    auto b = builder_for<Ops<List>>();
    const AnyRef x{b.leaf(Region::input, 0, 0, DType::f64, {1, {5}})}, other{b.leaf(Region::input, 1, 0, DType::f64, {1, {5}})};
    const AnyRef e{lowered(b, exp(x))}, dead{lowered(b, exp(other))}, t{lowered(b, tanh(e))};
    lowered(b, tanh(dead) * x);
    lowered(b, t * x);
    return b;
}
/// Numbers of all nodes that node `id` needs, by following its operands.
template <class G>
void follow(const G& g, int id, std::vector<bool>& needed) {
    if (needed[static_cast<std::size_t>(id)]) return;
    needed[static_cast<std::size_t>(id)] = true;
    for (int k = 0; k < g.node[id].arity; ++k) follow(g, g.node[id].in[k], needed);
}
bool same(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

/// What random graphs this file takes: with gradients and without, with a batch and without, some with pictures.
struct Grown {
    Recipe recipe;
    grow::Grower g;
    explicit Grown(std::uint64_t seed, const OpFacts* f = Ops<grow::List>::facts) : recipe(of(seed)), g(seed, recipe) {
        g.b.facts = f;
        g.grow();
    }
    static Recipe of(std::uint64_t seed) {
        Recipe r;
        r.nodes = 3 + static_cast<int>(seed % 12);
        r.gradients = seed % 2 == 1;
        r.images = seed % 5 == 0;
        r.capacity = seed % 3 == 0 || r.images ? 3 : 1;
        return r;
    }
    const RandomGraph& graph() const { return g.b.graph; }
    std::vector<Value> values(const RandomGraph& of_these, std::uint64_t seed) const {
        Inputs in(graph(), seed);
        in.run.count = recipe.capacity;
        return interpret_graph(of_these, Calls<grow::List>::at, recipe.capacity, in.run);
    }
};

}  // namespace

TEST_CASE("what no sink needs goes, the rest moves up in its order") {
    auto b = sample();
    b.sink(7, Region::output, 2, 16);
    b.sink(2, Region::output, 1);
    CHECK(text_of(b.graph, facts) ==
          "0 input 0 [5]\n1 input 1 [5]\n2 exp 0 [5]\n3 exp 1 [5]\n4 tanh 2 [5]\n5 tanh 3 [5]\n6 multiply 0 5 [5]\n7 multiply 0 4 [5]\n"
          "output 2 at 16 = 7\noutput 1 = 2\n");
    CHECK(live_nodes(b.graph) == 4);
    CHECK(text_of(without_dead<4, 2>(b.graph), facts) ==
          "0 input 0 [5]\n1 exp 0 [5]\n2 tanh 1 [5]\n3 multiply 0 2 [5]\noutput 2 at 16 = 3\noutput 1 = 1\n");
}

TEST_CASE("a value that is needed twice is counted once; without a sink nothing is needed") {
    auto b = sample();
    CHECK(live_nodes(b.graph) == 0);
    CHECK(without_dead<1, 1>(b.graph).nodes == 0);
    b.sink(4, Region::output, 0);
    b.sink(4, Region::output, 1);  // a copy
    CHECK(live_nodes(b.graph) == 4);
    CHECK(text_of(without_dead<4, 2>(b.graph), facts) == "0 input 0 [5]\n1 exp 0 [5]\n2 tanh 1 [5]\n3 copy 2 [5]\noutput 0 = 2\noutput 1 = 3\n");
}

TEST_CASE("what only a pack reads stays: sinks are what it is made of") {
    auto b = sample();
    b.sink(5, Region::gradient, 0, 0);
    b.sink(4, Region::gradient, 0, 5);
    const int packed = b.pack(Region::gradient, 10);
    b.sink(lowered(b, exp(AnyRef{packed})), Region::parameter);
    CHECK(text_of(without_dead<8, 3>(b.graph), facts) ==
          "0 input 0 [5]\n1 input 1 [5]\n2 exp 0 [5]\n3 exp 1 [5]\n4 tanh 2 [5]\n5 tanh 3 [5]\n6 pack gradient [10]\n7 exp 6 [10]\n"
          "gradient 0 = 5\ngradient 0 at 5 = 4\nparameter 0 = 7\n");
}

TEST_CASE("random numbers keep their stream when they move up") {
    auto b = sample();
    const int noise = lowered(b, apply<RandomLikeOp>(AnyRef{0}));
    b.sink(noise, Region::output);
    const auto clean = without_dead<1, 1>(b.graph);
    CHECK(clean.nodes == 1);
    CHECK(clean.node[0].attributes == b.graph.node[noise].attributes);
}

// While compiling, in arrays of the exact size.
constexpr auto compiled = [] {
    auto b = sample();
    b.sink(7, Region::output);
    return b.graph;
}();
constexpr auto exact = without_dead<live_nodes(compiled), 1>(compiled);
static_assert(sizeof(exact.node) == 4 * sizeof(Node) && exact.nodes == 4 && live_nodes(exact) == 4 && exact.sink[0].node == 3);

TEST_CASE("random graphs: just the nodes that sinks lead to, with the same values; twice is as once") {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Grown grown(seed);
        const RandomGraph& g = grown.graph();
        static RandomGraph clean, again;
        clean = without_dead<random_nodes, random_sinks>(g);
        again = without_dead<random_nodes, random_sinks>(clean);
        CAPTURE(seed);
        std::vector<bool> needed(static_cast<std::size_t>(g.nodes));
        for (int s = 0; s < g.sinks; ++s) follow(g, g.sink[s].node, needed);
        CHECK(clean.nodes == std::count(needed.begin(), needed.end(), true));
        CHECK(live_nodes(g) == clean.nodes);
        CHECK(live_nodes(clean) == clean.nodes);
        CHECK(text_of(again, Ops<grow::List>::facts) == text_of(clean, Ops<grow::List>::facts));
        CHECK(ill_formed(g) == "");
        CHECK(ill_formed(clean) == "");
        REQUIRE(clean.sinks == g.sinks);
        const std::vector<Value> before = grown.values(g, seed), after = grown.values(clean, seed);
        for (int s = 0; s < g.sinks; ++s) CHECK(same(after[static_cast<std::size_t>(clean.sink[s].node)].at, before[static_cast<std::size_t>(g.sink[s].node)].at));
    }
}

TEST_CASE("what a builder made it makes again: nothing is left to simplify") {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Grown grown(seed);
        RandomGraph g = grown.graph(), again = rebuilt(g, g.nodes).graph;
        g.sinks = 0;
        CAPTURE(seed);
        CHECK(text_of(again, Ops<grow::List>::facts) == text_of(g, Ops<grow::List>::facts));
    }
}

TEST_CASE("what ops state of themselves saves nodes and changes no value") {
    // The same graphs of ops that state nothing: none commutes, none has a neutral element.
    static std::vector<OpFacts> plain(Ops<grow::List>::facts, Ops<grow::List>::facts + random_op_count);
    for (OpFacts& f : plain) f.commutative = f.has_unit = false;
    int saved = 0, compared = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const Grown with(seed), without(seed, plain.data());
        const RandomGraph &a = with.graph(), &b = without.graph();
        CAPTURE(seed);
        REQUIRE(a.sinks == b.sinks);
        CHECK(a.nodes <= b.nodes);
        saved += b.nodes - a.nodes;
        // Which stream random numbers are from depends on the number of their node.
        if (std::any_of(a.node, a.node + a.nodes, [](const Node& n) { return n.kind == Kind::random; })) continue;
        ++compared;
        const std::vector<Value> is = with.values(a, seed), should = without.values(b, seed);
        for (int s = 0; s < a.sinks; ++s) {
            const Value &x = is[static_cast<std::size_t>(a.sink[s].node)], &y = should[static_cast<std::size_t>(b.sink[s].node)];
            CHECK(x.dims == y.dims);
            double worst = 0;
            for (long i = 0; i < y.dims.size(); ++i)
                if (!(std::isnan(x[i]) && std::isnan(y[i])) && x[i] != y[i]) worst = std::fmax(worst, std::fabs(x[i] - y[i]) / std::fmax(1, std::fabs(y[i])));
            CHECK(worst <= 1e-12);
        }
    }
    CHECK(saved > 200);
    CHECK(compared > 300);
}

}  // namespace strata::test
