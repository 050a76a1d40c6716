// SPDX-License-Identifier: BSL-1.0
#include <strata/graph/graph.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "../support/graph_text.hpp"

namespace strata::test {
namespace {

/// Ops that exist as facts only: graph.hpp knows no others.
struct Made {
    enum { plus, times, less, minus, three, reshape, transpose, broadcast, slice, pad, sum, top, place, noise, count };
    static constexpr OpFacts facts[] = {{"plus", true, true, 0, 1}, {"times", true, true, 1, 1}, {"less"}, {"minus"}, {"three", true, false, 0, 1},
                                        {"reshape"}, {"transpose"}, {"broadcast"}, {"slice"}, {"pad"}, {"sum"}, {"top"}, {"place"}, {"noise"}, {"count"}};
};
using B = Builder<64, 8>;
constexpr B fresh() { return builder_for<Made>(); }

constexpr Node map_of(int op, const Dims& dims, int a, int b = -1, int c = -1) {
    Node n;
    n.kind = Kind::map;
    n.op = op;
    n.type = DType::f64;
    n.arity = 1 + (b >= 0) + (c >= 0);
    n.in[0] = a;
    if (b >= 0) n.in[1] = b;
    if (c >= 0) n.in[2] = c;
    n.dims = dims;
    return n;
}
constexpr Node move_of(Move move, int op, int source, const Dims& dims, Attributes more = {}) {
    Node n;
    n.kind = Kind::move;
    n.op = op;
    n.type = DType::f64;
    n.arity = 1;
    n.in[0] = source;
    n.dims = dims;
    n.attributes = more;
    n.attributes.value[0] = static_cast<int>(move);
    return n;
}
constexpr Node reshape_of(int source, const Dims& dims) { return move_of(Move::reshape, Made::reshape, source, dims); }
constexpr Node transpose_of(int source, const Dims& dims) { return move_of(Move::transpose, Made::transpose, source, dims, {{0, 1, 0}}); }
constexpr Node fold_of(Fold fold, int op, int source, const Dims& dims, unsigned mask) {
    Node n;
    n.kind = Kind::reduce;
    n.op = op;
    n.type = fold == Fold::argmax ? DType::i32 : DType::f64;
    n.arity = 1;
    n.in[0] = source;
    n.dims = dims;
    n.attributes = {{static_cast<int>(fold), static_cast<int>(mask)}};
    return n;
}
constexpr int input(B& b, int index, const Dims& dims) { return b.leaf(Region::input, index, 0, DType::f64, dims); }
constexpr Dims matrix{2, {4, 5}};

}  // namespace

TEST_CASE("a leaf is there once, and another by any of its facts is another") {
    B b = fresh();
    const int x = b.leaf(Region::parameter, 1, 8, DType::f64, matrix);
    CHECK(b.leaf(Region::parameter, 1, 8, DType::f64, matrix) == x);
    const int others[] = {b.leaf(Region::input, 1, 8, DType::f64, matrix), b.leaf(Region::parameter, 2, 8, DType::f64, matrix),
                          b.leaf(Region::parameter, 1, 9, DType::f64, matrix), b.leaf(Region::parameter, 1, 8, DType::f32, matrix),
                          b.leaf(Region::parameter, 1, 8, DType::f64, {2, {5, 4}}), b.leaf(Region::parameter, 1, 8, DType::f64, {1, {4}})};
    for (const int other : others) CHECK(other != x);
    CHECK(b.graph.nodes == 7);
    CHECK(ill_formed(b.graph) == "");
}

TEST_CASE("a number is there once for each bit pattern, shape and type") {
    B b = fresh();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const int two = b.constant(2);
    CHECK(b.constant(2.0) == two);
    CHECK(b.graph.node[two].type == DType::f64);
    CHECK(b.constant(2, matrix) != two);
    CHECK(b.constant(2, {}, DType::i32) != two);
    CHECK(b.constant(3) != two);
    CHECK(b.constant(0.0) != b.constant(-0.0));
    CHECK(b.constant(nan) == b.constant(nan));
}

TEST_CASE("a node is there once, and another by any of its facts is another") {
    B b = fresh();
    const int x = input(b, 0, matrix), y = input(b, 1, matrix);
    const Node n = map_of(Made::minus, matrix, x, y);
    const int id = b.add(n);
    CHECK(b.add(n) == id);
    std::vector<Node> others(6, n);
    others[0].op = Made::less;
    others[1].in[0] = y;
    others[2].in[1] = x;
    others[3].type = DType::boolean;
    others[4].dims = {3, {1, 4, 5}};
    others[5].attributes.value[9] = 1;
    for (const Node& other : others) CHECK(b.add(other) != id);
    CHECK(b.graph.nodes == 2 + 1 + 6);
    for (const Node& other : others) b.add(other);
    CHECK(b.graph.nodes == 2 + 1 + 6);
}

TEST_CASE("operands of commutative ops are put in order, those of others are not") {
    B b = fresh();
    const int x = input(b, 0, matrix), y = input(b, 1, matrix), z = input(b, 2, matrix);
    CHECK(b.add(map_of(Made::plus, matrix, y, x)) == b.add(map_of(Made::plus, matrix, x, y)));
    CHECK(b.add(map_of(Made::minus, matrix, y, x)) != b.add(map_of(Made::minus, matrix, x, y)));
    const int three = b.add(map_of(Made::three, matrix, x, y, z));
    CHECK(b.add(map_of(Made::three, matrix, y, x, z)) != three);
    CHECK(b.add(map_of(Made::three, matrix, x, y, x)) != three);
}

TEST_CASE("a neutral element is left out where the result is the operand itself") {
    B b = fresh();
    const int x = input(b, 0, matrix), row = input(b, 1, {1, {5}}), whole = b.leaf(Region::input, 2, 0, DType::i32, matrix);
    const int zero = b.constant(0), one = b.constant(1), zeros = b.constant(0, matrix);
    CHECK(b.add(map_of(Made::plus, matrix, x, zero)) == x);
    CHECK(b.add(map_of(Made::plus, matrix, zero, x)) == x);
    CHECK(b.add(map_of(Made::plus, matrix, zeros, x)) == x);
    CHECK(b.add(map_of(Made::times, matrix, x, one)) == x);
    CHECK(b.add(map_of(Made::plus, {}, zero, zero)) == zero);
    const int before = b.graph.nodes;
    // x 0 is NaN where x is; 0 - x, x - 0 and x + 1 are what they are; the constant or the type changes the operand.
    const int stay[] = {b.add(map_of(Made::times, matrix, x, zero)), b.add(map_of(Made::minus, matrix, x, zero)), b.add(map_of(Made::minus, matrix, zero, x)),
                        b.add(map_of(Made::plus, matrix, x, one)), b.add(map_of(Made::plus, matrix, row, zeros)), b.add(map_of(Made::plus, matrix, whole, zero))};
    for (int i = 0; i < 6; ++i) CHECK(stay[i] == before + i);
}

TEST_CASE("moves that move nothing are left out") {
    B b = fresh();
    const Dims flat{1, {20}}, cube{3, {2, 2, 5}}, square{2, {4, 4}};
    const int x = input(b, 0, matrix), s = input(b, 1, square);
    CHECK(b.add(reshape_of(x, matrix)) == x);
    CHECK(b.add(move_of(Move::broadcast, Made::broadcast, x, matrix)) == x);
    CHECK(b.add(move_of(Move::slice, Made::slice, x, matrix, {{0, 1, 0, 1}})) == x);
    CHECK(b.add(transpose_of(s, square)) != s);
    // A reshape of a reshape is one of what was there before, and back again there is none.
    const int vector = b.add(reshape_of(x, flat)), again = b.add(reshape_of(vector, cube));
    CHECK(b.graph.node[again].in[0] == x);
    CHECK(b.add(reshape_of(x, cube)) == again);
    CHECK(b.add(reshape_of(again, matrix)) == x);
    // A reshape of another move is none of its source.
    const int turned = b.add(transpose_of(x, {2, {5, 4}})), after = b.add(reshape_of(turned, matrix));
    CHECK(after != x);
    CHECK(b.graph.node[after].in[0] == turned);
    const int copy = b.copy(vector, 1);
    CHECK(b.graph.node[b.add(reshape_of(copy, cube))].in[0] == copy);
}

TEST_CASE("a number that is moved is a number, but among zeros it is none") {
    B b = fresh();
    const Dims wide{2, {4, 8}};
    const int two = b.constant(2, matrix), zero = b.constant(0, matrix), whole = b.constant(2, matrix, DType::i32);
    CHECK(b.add(reshape_of(two, {1, {20}})) == b.constant(2, {1, {20}}));
    CHECK(b.add(transpose_of(two, {2, {5, 4}})) == b.constant(2, {2, {5, 4}}));
    CHECK(b.add(move_of(Move::broadcast, Made::broadcast, whole, {3, {3, 4, 5}})) == b.constant(2, {3, {3, 4, 5}}, DType::i32));
    CHECK(b.add(move_of(Move::pad, Made::pad, zero, wide, {{0, 1, 1}})) == b.constant(0, wide));
    const int padded = b.add(move_of(Move::pad, Made::pad, two, wide, {{0, 1, 1}}));
    CHECK(b.graph.node[padded].kind == Kind::move);
}

TEST_CASE("a fold over nothing is its operand; the first maximum of one is at 0") {
    B b = fresh();
    const Dims thin{2, {4, 1}}, single{2, {-1, 5}}, folded{2, {1, 5}};
    const int x = input(b, 0, thin), y = input(b, 1, single);
    CHECK(b.add(fold_of(Fold::sum, Made::sum, x, thin, 2)) == x);
    CHECK(b.add(fold_of(Fold::max, Made::top, x, thin, 2)) == x);
    const int place = b.add(fold_of(Fold::argmax, Made::place, x, thin, 2));
    CHECK(place == b.constant(0, thin, DType::i32));
    // A batch of one is still a batch.
    CHECK(b.graph.node[b.add(fold_of(Fold::sum, Made::sum, y, folded, 1))].kind == Kind::reduce);
}

TEST_CASE("a sum over everything goes through the rows, and shares them") {
    B b = fresh();
    const Dims rows{3, {4, 1, 1}}, one{3, {1, 1, 1}};
    const int x = input(b, 0, {3, {4, 5, 6}});
    const int all = b.add(fold_of(Fold::sum, Made::sum, x, one, 7));
    const int inner = b.graph.node[all].in[0];
    CHECK(b.graph.node[inner].dims == rows);
    CHECK(b.add(fold_of(Fold::sum, Made::sum, x, rows, 6)) == inner);
    CHECK(text_of(b.graph, Made::facts) == "0 input 0 [4, 5, 6]\n1 sum 0 over 1 2 [4, 1, 1]\n2 sum 1 over 0 1 2 [1, 1, 1]\n");
    // Not another fold, nor where rows are all there is, are single, or stay.
    const int flat = input(b, 1, {1, {9}}), lying = input(b, 2, {2, {1, 9}}), standing = input(b, 3, {2, {9, 1}});
    const int direct[] = {b.add(fold_of(Fold::max, Made::top, x, one, 7)), b.add(fold_of(Fold::sum, Made::sum, flat, {1, {1}}, 1)),
                          b.add(fold_of(Fold::sum, Made::sum, lying, {2, {1, 1}}, 3)), b.add(fold_of(Fold::sum, Made::sum, standing, {2, {1, 1}}, 3)),
                          b.add(fold_of(Fold::sum, Made::sum, x, {3, {1, 5, 1}}, 5))};
    const int sources[] = {x, flat, lying, standing, x};
    for (int i = 0; i < 5; ++i) CHECK(b.graph.node[direct[i]].in[0] == sources[i]);
}

TEST_CASE("random numbers are never shared, each call has a stream of its own") {
    B b = fresh();
    Node n;
    n.kind = Kind::random;
    n.op = Made::noise;
    n.dims = matrix;
    const int first = b.add(n), second = b.add(n);
    CHECK(first != second);
    CHECK(b.graph.node[first].attributes.value[1] != b.graph.node[second].attributes.value[1]);
}

TEST_CASE("a sink is the value itself where that has memory of its own in the right order, else a copy") {
    const auto sunk = [](auto make) {
        B b = fresh();
        const int id = make(b);
        b.sink(id, Region::output, 3, 40);
        CHECK(b.graph.sink[0].region == Region::output);
        CHECK(b.graph.sink[0].index == 3);
        CHECK(b.graph.sink[0].offset == 40);
        const int node = b.graph.sink[0].node;
        CHECK((node == id || b.graph.node[node].in[0] == id));
        CHECK(b.graph.node[node].dims == b.graph.node[id].dims);
        return node == id;
    };
    constexpr Dims image{4, {-8, 3, 4, 5}};
    const auto value = [](B& b, const Dims& d = matrix) { return b.add(map_of(Made::less, d, input(b, 0, d))); };
    CHECK(sunk([&](B& b) { return value(b); }));
    CHECK(sunk([&](B& b) { return b.add(reshape_of(value(b), {1, {20}})); }));
    CHECK(sunk([&](B& b) { return value(b, {4, {8, 3, 4, 5}}); }));
    CHECK_FALSE(sunk([&](B& b) { return input(b, 0, matrix); }));
    CHECK_FALSE(sunk([&](B& b) { return b.constant(2); }));
    CHECK_FALSE(sunk([&](B& b) {
        Node n = map_of(Made::place, {1, {7}}, 0);
        n.kind = Kind::index;
        n.arity = 0;
        return b.add(n);
    }));
    CHECK_FALSE(sunk([&](B& b) { return b.add(reshape_of(input(b, 0, matrix), {1, {20}})); }));
    CHECK_FALSE(sunk([&](B& b) { return b.add(transpose_of(value(b), {2, {5, 4}})); }));
    CHECK_FALSE(sunk([&](B& b) { return b.add(reshape_of(b.add(transpose_of(value(b), {2, {5, 4}})), {1, {20}})); }));
    CHECK_FALSE(sunk([&](B& b) { return value(b, image); }));  // the plan may put its batch innermost
}

TEST_CASE("what goes to several places is copied to all but the first") {
    B b = fresh();
    const int y = b.add(map_of(Made::less, matrix, input(b, 0, matrix))), flat = b.add(reshape_of(y, {1, {20}}));
    b.sink(y, Region::output, 0);
    b.sink(y, Region::output, 1);
    b.sink(flat, Region::output, 2);  // the same memory
    CHECK(text_of(b.graph, Made::facts) ==
          "0 input 0 [4, 5]\n1 less 0 [4, 5]\n2 reshape 1 [20]\n3 copy 1 [4, 5]\n4 copy 2 [20]\noutput 0 = 1\noutput 1 = 3\noutput 2 = 4\n");
    CHECK(b.root_of(flat) == y);
    CHECK(b.root_of(4) == 4);
}

TEST_CASE("nodes say whether they came before the derivatives") {
    B b = fresh();
    const int x = input(b, 0, matrix);
    b.derived = true;
    const int y = b.add(map_of(Made::less, matrix, x));
    CHECK(b.leaf(Region::input, 0, 0, DType::f64, matrix) == x);
    CHECK_FALSE(b.graph.node[x].derived);
    CHECK(b.graph.node[y].derived);
}

// As many nodes and sinks as there is room for, and not one more.
template <int Nodes, int Sinks>
constexpr int filled() {
    Builder<4, 2> b = builder_for<Made, 4, 2>();
    b.leaf(Region::input, 0, 0, DType::f64, matrix);
    for (int i = 1; i < Nodes; ++i) b.add(map_of(Made::less, {1, {i}}, 0));
    for (int i = 1; i <= Sinks; ++i) b.sink(i, Region::output, i);
    return b.graph.nodes;
}
template <int Nodes, int Sinks>
concept Fits = requires { typename std::integral_constant<int, filled<Nodes, Sinks>()>; };
static_assert(Fits<4, 0> && Fits<4, 2> && !Fits<5, 0> && !Fits<4, 3>);

/// Some of everything.
constexpr B sample() {
    B b = fresh();
    const int x = input(b, 0, matrix), w = b.leaf(Region::parameter, 0, 16, DType::f64, {1, {5}});
    const int h = b.add(map_of(Made::plus, matrix, b.add(map_of(Made::times, matrix, w, x)), b.constant(0.5)));
    const int t = b.add(transpose_of(h, {2, {5, 4}})), s = b.add(fold_of(Fold::sum, Made::sum, t, {2, {1, 1}}, 3));
    b.sink(t, Region::output, 0);
    b.sink(s, Region::output, 1);
    return b;
}

TEST_CASE("a graph is a value, the same made while compiling and at run time") {
    static constexpr B compiled = sample();
    const B ran = sample();
    const std::string expected =
        "0 input 0 [4, 5]\n1 parameter 0 at 16 [5]\n2 times 0 1 [4, 5]\n3 0.5 []\n4 plus 2 3 [4, 5]\n5 transpose 4 order 1 0 [5, 4]\n"
        "6 sum 5 over 1 [5, 1]\n7 sum 6 over 0 1 [1, 1]\n8 copy 5 [5, 4]\noutput 0 = 8\noutput 1 = 7\n";
    CHECK(text_of(compiled.graph, Made::facts) == expected);
    CHECK(text_of(ran.graph, Made::facts) == expected);
    auto copy = compiled.graph;
    copy.node[0].dims = {};
    CHECK(compiled.graph.node[0].dims == matrix);
}

TEST_CASE("among many nodes each is found again") {
    // Against a search through all of them; many differ in their last operand only, and the room is nearly full, so that probes meet such.
    static Builder<600, 1> b = builder_for<Made, 600, 1>();
    std::vector<Node> known;
    std::uint64_t state = 1;
    const auto dice = [&state](int n) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<int>((state >> 33) % static_cast<std::uint64_t>(n));
    };
    for (int i = 0; i < 4; ++i) known.push_back(b.graph.node[b.leaf(Region::input, i, 0, DType::f64, matrix)]);
    for (int tries = 0; tries < 2000 && known.size() < 590; ++tries) {
        const int n = static_cast<int>(known.size());
        const Node next = map_of(dice(2) ? Made::minus : Made::less, {2, {4, 5 + dice(2)}}, dice(2), dice(3), dice(n));
        int expected = n;
        for (int k = 4; k < n; ++k)
            if (known[static_cast<std::size_t>(k)].op == next.op && known[static_cast<std::size_t>(k)].dims == next.dims &&
                std::equal(next.in, next.in + 3, known[static_cast<std::size_t>(k)].in))
                expected = k;
        REQUIRE(b.add(next) == expected);
        if (expected == n) known.push_back(next);
    }
    CHECK(known.size() == 590);
}

}  // namespace strata::test
