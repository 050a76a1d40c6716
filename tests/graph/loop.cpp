// SPDX-License-Identifier: BSL-1.0
#include <strata/graph/loop.hpp>

#include <doctest/doctest.h>

#include <strata/expr/expression.hpp>
#include <strata/graph/differentiate.hpp>
#include <strata/graph/simplify.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/sum.hpp>
#include <strata/op/tanh.hpp>

namespace st = strata;
using st::Kind;
using st::Region;

namespace {
using X = st::Ref<st::Shape<4>, st::detail::Weak>;
using List = st::OpsOf<decltype(st::tanh(X{}) * X{}), decltype(st::sum_keep(X{}, st::axes<>))>;
using Builder = st::Builder<128, 16>;
const st::Dims four{1, {4}};

Builder empty() {
    Builder b;
    b.facts = st::Ops<List>::facts;
    return b;
}
/// x -> tanh(x w_i), three times, and the sum of it all.
struct Traced {
    Builder b = empty();
    int x, w, loss;
    Traced() {
        x = b.leaf(Region::input, 0, 0, st::DType::f32, four);
        const int in = b.begin_loop(3, x);
        w = b.leaf(Region::parameter, 0, 0, st::DType::f32, four, st::Turn{0, 3, 16});
        const int y = b.end_loop(st::lower<List>(b, st::tanh(X{in} * X{w})));
        loss = st::lower<List>(b, st::sum_keep(X{y}, st::axes<>));
    }
};
int count_in(const auto& g, int segment, Kind kind) {
    int n = 0;
    for (int i = 0; i < g.nodes; ++i) n += g.node[i].segment == segment && g.node[i].kind == kind ? 1 : 0;
    return n;
}
}  // namespace

TEST_CASE("a loop lies between what is before it and what is after it") {
    const Traced t;
    const auto& g = t.b.graph;
    REQUIRE(g.segments == 3);
    CHECK((g.segment[0].turns == 0 && g.segment[1].turns == 3 && g.segment[2].turns == 0));
    CHECK(count_in(g, 1, Kind::map) == 2);  // once, whatever the turns
    CHECK(g.node[t.loss].segment == 2);
    CHECK(g.turns_of(t.b.loop[0].result) == 3);
    // The first turn's input goes to place 0, a turn's result to the place after the one it reads.
    REQUIRE(g.sinks == 2);
    CHECK((g.sink[0].region == Region::carry && g.sink[0].turn == st::Turn{0, 0, 0}));
    CHECK((g.sink[1].node == t.b.loop[0].result && g.sink[1].turn == st::Turn{1, 1, 0}));
    CHECK(st::place_of_leaf(-1, g.node[t.b.loop[0].first]).turn == st::Turn{0, 1, 0});
    CHECK(st::place_of_leaf(-1, g.node[t.b.loop[0].last]).turn == st::Turn{3, 0, 0});
    CHECK(g.stack[0].places == 2);  // nobody reads back what earlier turns left
}
TEST_CASE("nodes are shared with what runs once before and with a mirror, not with another loop or with what comes after one") {
    Builder b = empty();
    const int x = b.leaf(Region::input, 0, 0, st::DType::f32, four), v = b.leaf(Region::input, 1, 0, st::DType::f32, four);
    const int before = st::lower<List>(b, st::tanh(X{v}));
    b.begin_loop(2, x);
    CHECK(st::lower<List>(b, st::tanh(X{v})) == before);
    const int within = st::lower<List>(b, st::tanh(X{x}));
    CHECK(st::lower<List>(b, st::tanh(X{x})) == within);
    b.end_loop(within);
    const int after = st::lower<List>(b, st::tanh(X{x}));
    CHECK(after != within);
    b.open_segment(st::Segment{2, false, 0});
    CHECK(st::lower<List>(b, st::tanh(X{x})) == after);
    b.open_segment(st::Segment{2, true, 1});
    const int found = st::lower<List>(b, st::tanh(X{x}));
    CHECK((found == within || found == after));
}
TEST_CASE("the derivative of a loop is a loop the other way, over all that the turns left") {
    Traced t;
    int gradient[2] = {};
    const int by[2] = {t.w, t.x};
    st::differentiate<List>(t.b, t.loss, by, 2, gradient);
    const auto& g = t.b.graph;
    REQUIRE(g.segments == 5);
    CHECK((g.segment[3].turns == 3 && g.segment[3].reverse && g.segment[3].mirror == 1));
    CHECK(g.node[gradient[0]].segment == 3);  // of each turn's parameter, in that turn
    CHECK(st::place_of_leaf(-1, g.node[gradient[1]]).region == Region::carry);  // of the input: what the last of them leaves
    CHECK(g.stack[0].places == 4);
    CHECK(g.stack[1].places == 2);
}
TEST_CASE("a loop that the loss does not depend on has no derivative") {
    Traced t;
    const int other = st::lower<List>(t.b, st::sum_keep(X{t.x}, st::axes<>));
    int gradient[1] = {};
    st::differentiate<List>(t.b, other, &t.w, 1, gradient);
    CHECK(t.b.graph.segments == 3);
    CHECK((t.b.graph.node[gradient[0]].kind == Kind::constant && t.b.graph.node[gradient[0]].value == 0));
}
TEST_CASE("what turns and is computed outside a loop is copied in each turn") {
    Traced t;
    const int zero = t.b.constant(0, four);
    t.b.sink(st::Sink{zero, Region::gradient, 0, 0, st::Turn{0, 3, 16}}, 1);
    const auto& g = t.b.graph;
    const st::Node& copied = g.node[g.sink[g.sinks - 1].node];
    CHECK((copied.kind == Kind::move && copied.segment == 1));
}
TEST_CASE("what a loop begins with is a copy: others may read the value when the turns have written over its place") {
    Builder b = empty();
    const int x = st::lower<List>(b, st::tanh(X{b.leaf(Region::input, 0, 0, st::DType::f32, four)}));
    b.end_loop(st::lower<List>(b, st::tanh(X{b.begin_loop(3, x)})));
    const auto& g = b.graph;
    CHECK(g.sink[0].node != x);
    CHECK((g.node[g.sink[0].node].in[0] == x && g.node[g.sink[0].node].segment == 0));
    CHECK(g.sink[1].node == b.loop[0].result);  // a turn's result has its own place
}
TEST_CASE("dead nodes go and segments come in order, sinks that were added late included") {
    Traced t;
    t.b.sink(t.b.leaf(Region::input, 0, 0, st::DType::f32, four), Region::output, 0);
    t.b.sink(st::Sink{t.b.constant(0, four), Region::gradient, 0, 0, st::Turn{0, 3, 16}}, 1);
    const auto g = st::without_dead<64, 16>(t.b.graph);
    CHECK(g.segments == 3);
    CHECK(g.stacks == 1);
    for (int i = 1; i < g.nodes; ++i) CHECK(g.node[i - 1].segment <= g.node[i].segment);
    for (int i = 0; i < g.nodes; ++i)
        for (int k = 0; k < g.node[i].arity; ++k) CHECK(g.node[i].in[k] < i);
    CHECK(count_in(g, 2, Kind::reduce) == 0);  // nothing reads the loss
}
