// SPDX-License-Identifier: BSL-1.0
#include <strata/graph/differentiate.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "../support/graph_text.hpp"
#include "../support/random_graph.hpp"

namespace strata::test {
namespace {

// What stands in every graph of this file before the loss is lowered.
constexpr Ref<Shape<4, 5>, double> x{0};
constexpr Ref<Shape<5>, double> row{1};
constexpr Ref<Shape<4, 1>, double> column{2};
constexpr Ref<Shape<5, 3>, double> w{3};
constexpr Ref<Shape<>, double> number{4};
constexpr int leaves = 5;

/// An op of a user's, without a derivative.
struct HalfOp : Elementwise<1> {
    static constexpr auto name = "half";
    template <class T>
    static constexpr T apply(T a) {
        return a / 2;
    }
};
constexpr Function<HalfOp> half{};
/// A fold that leaves it to the library to spread its gradient.
struct TotalOp : Reduction<Axes<>, Fold::sum> {
    static constexpr auto name = "total";
    static constexpr auto backward(Expression auto dy, Expression auto, Expression auto) { return gradients(dy); }
};

template <class E>
struct Derived {
    using List = OpsOf<E>;
    Builder<96, 8> b = builder_for<Ops<List>, 96, 8>();
    int loss = -1, gradient[4] = {};
    template <class... By>
    constexpr explicit Derived(const E& e, const By&... by) {
        const Dims dims[] = {{2, {4, 5}}, {1, {5}}, {2, {4, 1}}, {2, {5, 3}}, {}};
        for (int i = 0; i < leaves; ++i) b.leaf(Region::input, i, 0, DType::f64, dims[i]);
        loss = lower<List>(b, e);
        const int ids[] = {by.id...};
        differentiate<List>(b, loss, ids, sizeof...(By), gradient);
    }
    constexpr int added() const { return b.graph.nodes - (loss + 1); }
    /// The nodes of the derivatives.
    std::string text() const { return text_of(b.graph, Ops<List>::facts, loss + 1); }
};
template <class E, class... By>
std::string derivatives(const E& e, const By&... by) {
    const Derived<E> d(e, by...);
    CHECK(ill_formed(d.b.graph) == "");
    CHECK(d.b.graph.underived == -1);
    const int ids[] = {by.id...};
    for (std::size_t i = 0; i < sizeof...(By); ++i) CHECK(d.b.dims(d.gradient[i]) == d.b.dims(ids[i]));
    std::string s = d.text();
    for (std::size_t i = 0; i < sizeof...(By); ++i) s += (i > 0 ? ", " : "") + std::to_string(d.gradient[i]);
    return s;
}
constexpr auto total = [](const auto& e) { return sum_keep(e, axes<>); };

}  // namespace

TEST_CASE("each op's own derivative, from the loss back; ones vanish") {
    CHECK(derivatives(total(exp(x)), x) == "+8 1 [1, 1]\n+9 1 [4, 1]\n+10 1 [4, 5]\n5");
    CHECK(derivatives(total(square(tanh(x))), x) ==
          "+9 1 [1, 1]\n+10 1 [4, 1]\n+11 1 [4, 5]\n+12 2 []\n+13 multiply 11 12 [4, 5]\n+14 multiply 5 13 [4, 5]\n"
          "+15 1 []\n+16 multiply 5 5 [4, 5]\n+17 subtract 15 16 [4, 5]\n+18 multiply 14 17 [4, 5]\n18");
}

TEST_CASE("what is frozen costs nothing: no node for the derivative of what leads to no leaf of interest") {
    const auto loss = total(matmul(tanh(x), w) / 3);
    const std::string both = "+11 1 [1, 1]\n+12 1 [4, 1]\n+13 1 [4, 3]\n+14 divide 13 7 [4, 3]\n";
    CHECK(derivatives(loss, w) == both + "+15 matmul 5 14 tn [5, 3]\n15");
    CHECK(derivatives(loss, x) == both + "+15 matmul 14 3 nt [4, 5]\n+16 1 []\n+17 multiply 5 5 [4, 5]\n+18 subtract 16 17 [4, 5]\n+19 multiply 15 18 [4, 5]\n19");
    CHECK(derivatives(loss, w, x) ==
          both + "+15 matmul 14 3 nt [4, 5]\n+16 matmul 5 14 tn [5, 3]\n+17 1 []\n+18 multiply 5 5 [4, 5]\n+19 subtract 17 18 [4, 5]\n+20 multiply 15 19 [4, 5]\n16, 20");
}

TEST_CASE("the gradients of two uses add up") {
    CHECK(derivatives(total(x * x), x) == "+8 1 [1, 1]\n+9 1 [4, 1]\n+10 1 [4, 5]\n+11 add 0 0 [4, 5]\n11");
    CHECK(derivatives(total(exp(x) + x), x) == "+9 1 [1, 1]\n+10 1 [4, 1]\n+11 1 [4, 5]\n+12 add 5 11 [4, 5]\n12");
}

TEST_CASE("the gradient of what was broadcast is a sum, in the shape that it had") {
    const std::string ones = "+8 1 [1, 1]\n+9 1 [4, 1]\n+10 1 [4, 5]\n";
    CHECK(derivatives(total(x * row), row) == ones + "+11 sum 0 over 0 [1, 5]\n+12 reshape 11 [5]\n12");
    CHECK(derivatives(total(x * column), column) == ones + "+11 sum 0 over 1 [4, 1]\n11");
    CHECK(derivatives(total(x * number), number) == ones + "+11 sum 0 over 1 [4, 1]\n+12 sum 11 over 0 1 [1, 1]\n+13 reshape 12 []\n13");
    CHECK(derivatives(total(column * row), row, column) == ones + "+11 multiply 2 10 [4, 5]\n+12 multiply 1 10 [4, 5]\n+13 sum 11 over 0 [1, 5]\n+14 reshape 13 [5]\n"
                                                                 "+15 sum 12 over 1 [4, 1]\n14, 15");
}

TEST_CASE("a gradient that is the same along an axis counts once for each place") {
    CHECK(derivatives(square(apply<TotalOp>(x)), x) ==
          "+8 1 [1, 1]\n+9 2 []\n+10 multiply 8 9 [1, 1]\n+11 multiply 6 10 [1, 1]\n+12 broadcast 11 [4, 1]\n+13 broadcast 12 [4, 5]\n13");
}

TEST_CASE("masks and integers have no gradient, only what they choose from") {
    CHECK(derivatives(total(select(x > row, column, number)), column) ==
          "+9 1 [1, 1]\n+10 1 [4, 1]\n+11 1 [4, 5]\n+12 0 []\n+13 select 5 11 12 [4, 5]\n+14 sum 13 over 1 [4, 1]\n14");
    CHECK(derivatives(total(select(x > row, column, number)), x, row) == "+9 1 [1, 1]\n+10 0 [4, 5]\n+11 0 [5]\n10, 11");
    CHECK(derivatives(total(cast<double>(argmax(exp(x)))), x) == "+10 1 [1]\n+11 0 [4, 5]\n11");
    CHECK(derivatives(total(cast<double>(cast<std::int32_t>(x))), x) == "+9 1 [1, 1]\n+10 0 [4, 5]\n10");
}

TEST_CASE("a detached value has no gradient, and what is made of it no derivative") {
    CHECK(derivatives(total(tanh(detach(x))), x) == "+9 1 [1, 1]\n+10 0 [4, 5]\n10");
    CHECK(derivatives(total(x * square(detach(exp(x)))), x) == "+11 1 [1, 1]\n+12 1 [4, 1]\n+13 1 [4, 5]\n7");
}

TEST_CASE("an op without a derivative is named where the gradient has to pass it, and only there") {
    const auto named = [](const auto& e, const auto& by) {
        const Derived d(e, by);
        return d.b.graph.underived < 0 ? "" : std::string(Ops<typename decltype(d)::List>::facts[d.b.graph.underived].name);
    };
    CHECK(named(total(half(exp(x))), x) == "half");
    CHECK(named(total(half(row) * x), x) == "");
    CHECK(named(half(number), x) == "");
    CHECK(named(total(detach(half(x)) * x), x) == "");
    CHECK(named(total(half(detach(x)) * x), x) == "");
    CHECK(named(total(select(half(x) > 0, x, row)), x) == "");
}

TEST_CASE("zeros for what the loss does not depend on, wherever it stands; ones for the loss itself") {
    CHECK(derivatives(total(exp(x)), row, number) == "+8 1 [1, 1]\n+9 0 [5]\n+10 0 []\n9, 10");
    CHECK(derivatives(square(number), number, Ref<Shape<>, double>{leaves}) == "+6 1 []\n+7 2 []\n+8 multiply 4 7 []\n8, 6");
    using List = OpsOf<decltype(exp(x))>;
    auto b = builder_for<Ops<List>>();
    b.leaf(Region::input, 0, 0, DType::f64, {1, {5}});
    const int loss = b.constant(3), late = b.leaf(Region::input, 1, 0, DType::f64, {1, {7}});
    int gradient = -1;
    differentiate<List>(b, loss, &late, 1, &gradient);
    CHECK(b.graph.node[gradient].kind == Kind::constant);
    CHECK(b.graph.node[gradient].value == 0);
    CHECK((b.dims(gradient) == Dims{1, {7}}));
}

// Differentiation is as well a matter of constants, also where the copies of sinks stand in between.
static_assert(Derived(total(x * row), row).added() == 5);
static_assert([] {
    using List = OpsOf<decltype(square(number))>;
    auto b = builder_for<Ops<List>>();
    const int leaf = b.leaf(Region::input, 0, 0, DType::f64, {});
    b.sink(leaf, Region::output);
    int gradient = -1;
    differentiate<List>(b, lower<List>(b, square(Ref<Shape<>, double>{leaf})), &leaf, 1, &gradient);
    return b.graph.node[gradient].kind == Kind::map && b.graph.node[gradient].in[0] == leaf;
}());

// Random graphs: the gradient against central differences of the loss as the interpreter computes it.
namespace {

/// The loss of a grown graph as a function of its inputs, what is detached held to the values that it has at first.
class Loss {
  public:
    std::vector<Value> base;  ///< all nodes at the start, the gradients too

    Loss(const grow::Grower& g, Inputs& in, int capacity) : in_(&in), capacity_(capacity) {
        base = interpret_graph(g.b.graph, Calls<grow::List>::at, capacity, in.run);
        static RandomGraph forward;
        forward = g.b.graph;
        forward.nodes = g.loss + 1;
        forward.sinks = 1;
        forward.sink[0] = Sink{g.loss, Region::output, 0, 0};
        int next = 8;
        for (int i = 0; i <= g.loss; ++i) {
            Node& n = forward.node[i];
            if (n.kind != Kind::map || n.op != Ops<grow::List>::place<DetachOp>) continue;
            REQUIRE(next < 32);
            n.kind = Kind::leaf;
            n.arity = 0;
            n.attributes = {{static_cast<int>(Region::input), next}};
            in.run.input[next++] = base[static_cast<std::size_t>(i)].at.data();
        }
        graph_ = without_dead<random_nodes, random_sinks>(forward);
    }
    double operator()() const { return interpret_graph(graph_, Calls<grow::List>::at, capacity_, in_->run)[static_cast<std::size_t>(graph_.sink[0].node)][0]; }

  private:
    RandomGraph graph_;
    Inputs* in_;
    int capacity_;
};

struct Count {
    int compared = 0, kinks = 0, flat = 0;
};
/// Along one random direction for each leaf.
void check_slopes(std::uint64_t seed, const Recipe& recipe, int samples, Count& count) {
    grow::Grower g(seed, recipe);
    g.grow();
    Inputs in(g.b.graph, seed);
    in.run.count = samples;
    const Loss loss(g, in, recipe.capacity);
    Dice dice{seed + 7};
    constexpr double h = 1e-6;
    for (int k = 0; k < g.count; ++k) {
        const Value& slope = loss.base[static_cast<std::size_t>(g.gradient[k])];
        std::vector<double>& leaf = in.at[static_cast<std::size_t>(g.b.graph.node[g.by[k]].attributes.value[1])];
        const std::vector<double> kept = leaf;
        std::vector<double> direction(leaf.size());
        double expected = 0;
        for (std::size_t i = 0; i < slope.at.size(); ++i) {
            direction[i] = dice.number();
            expected += direction[i] * slope.at[i];
        }
        const auto at = [&](double step) {
            for (std::size_t i = 0; i < leaf.size(); ++i) leaf[i] = kept[i] + step * direction[i];
            return loss();
        };
        const double up = at(h), middle = at(0), down = at(-h), scale = std::fmax(1, std::fmax(std::fabs(expected), std::fabs(middle)));
        leaf = kept;
        if (!(std::fabs(up - 2 * middle + down) / h <= 1e-3 * scale)) {
            ++count.kinks;
            continue;
        }
        ++count.compared;
        count.flat += expected == 0;
        CAPTURE(seed);
        CAPTURE(k);
        CHECK(std::fabs((up - down) / (2 * h) - expected) <= 1e-6 * scale);
    }
}

}  // namespace

TEST_CASE("gradients of random graphs are the slopes of the loss") {
    Recipe plain, batched, pictures;
    plain.gradients = batched.gradients = pictures.gradients = true;
    batched.capacity = 5;
    pictures.images = true;
    pictures.capacity = 3;
    Count count;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        plain.nodes = batched.nodes = 3 + static_cast<int>(seed % 10);
        check_slopes(seed, plain, 1, count);
        check_slopes(seed + 10000, batched, 1 + static_cast<int>(seed % 5), count);
        if (seed % 4 == 0) check_slopes(seed + 20000, pictures, 2, count);
    }
    CHECK(count.compared - count.flat > 1000);
    CHECK(count.kinks < 20);
}

TEST_CASE("by one leaf alone: the same numbers, no node too many, none that the gradient does not need") {
    Recipe recipe;
    recipe.gradients = true;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        recipe.nodes = 3 + static_cast<int>(seed % 10);
        recipe.capacity = seed % 2 == 0 ? 1 : 4;
        grow::Grower g(seed, recipe);
        g.grow();
        Inputs in(g.b.graph, seed);
        in.run.count = recipe.capacity;
        const std::vector<Value> all = interpret_graph(g.b.graph, Calls<grow::List>::at, recipe.capacity, in.run);
        for (int k = 0; k < g.count; ++k) {
            RandomBuilder b = rebuilt(g.b.graph, g.loss + 1);
            int gradient = -1;
            differentiate<grow::List>(b, g.loss, &g.by[k], 1, &gradient);
            CAPTURE(seed);
            CAPTURE(k);
            CHECK(ill_formed(b.graph) == "");
            CHECK(b.graph.nodes <= g.b.graph.nodes);
            const Value alone = interpret_graph(b.graph, Calls<grow::List>::at, recipe.capacity, in.run)[static_cast<std::size_t>(gradient)];
            CHECK(alone.at == all[static_cast<std::size_t>(g.gradient[k])].at);
            std::vector<bool> needed(static_cast<std::size_t>(b.graph.nodes));
            needed[static_cast<std::size_t>(gradient)] = true;
            for (int i = b.graph.nodes - 1; i > g.loss; --i) {
                const Node& n = b.graph.node[i];
                CHECK(n.derived);
                // But for numbers that folded away, and a reshape that a second one went past.
                CHECK((needed[static_cast<std::size_t>(i)] || n.kind == Kind::constant || (n.kind == Kind::move && n.attributes.value[0] == static_cast<int>(Move::reshape))));
                for (int a = 0; a < n.arity; ++a) needed[static_cast<std::size_t>(n.in[a])] = true;
            }
        }
    }
}

}  // namespace strata::test
