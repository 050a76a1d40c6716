// SPDX-License-Identifier: BSL-1.0
// Loops of random bodies, and their derivatives, against the same turns traced one after the other.
#include <strata/graph/differentiate.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <exception>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <strata/graph/simplify.hpp>
#include <strata/op.hpp>

#include "../support/random_graph.hpp"
#include "../support/unroll.hpp"

namespace strata::test {
namespace {

using A = AnyRef;
constexpr A any{};
using List = OpsOf<decltype(strata::tanh(any)), decltype(strata::sigmoid(any)), decltype(strata::relu(any)), decltype(any * any - any / any), decltype(strata::detach(any)),
                   decltype(strata::square(any)), decltype(sum_keep(any, axes<>)), decltype(sum_keep(any, axis<0>)), decltype(max_keep(any, axis<1>)),
                   decltype(strata::apply<MatmulOp<false, false>>(any, any)), decltype(strata::apply<TransposeOp<1, 0>>(any)), decltype(strata::select(any > any, any, any))>;
constexpr int room = 512, sinks = 48;
using Tracer = Builder<room, sinks>;
constexpr Dims square_of_three{2, {3, 3}};
constexpr int size = 9;

/// A program of random values with random loops in it, traced with loops or written out. The dice fall alike for both.
class Program {
  public:
    Tracer b{};
    int loops = 0, leaves = 0;  ///< those that the loss is differentiated by

    Program(std::uint64_t seed, bool with_loops) : with_loops_(with_loops), dice_{seed} {
        b.facts = Ops<List>::facts;
        b.real = DType::f64;
        const int x = b.leaf(Region::input, 0, 0, DType::f64, square_of_three);
        early_ = step(x, parameter({}));
        int h = dice_(2) ? early_ : x;
        const int parts = 1 + dice_(3);
        for (int i = 0; i < parts; ++i) {
            h = loop(h);
            if (dice_(2)) h = step(h, parameter({}));
            if (dice_(2)) h = lowered(A{h} + A{early_});
        }
        const int loss = lowered(sum_keep(A{h} * A{b.leaf(Region::input, 1, 0, DType::f64, square_of_three)}, axes<>));
        b.sink(loss, Region::output, 0);
        if (dice_(2)) b.sink(h, Region::output, 1);
        differentiate_by(loss, x);
    }

  private:
    /// A parameter, or one for each turn of a loop, and the nodes that hold it.
    struct Parameter {
        long offset = 0;
        int turns = 0, segment = 0;
        std::vector<int> nodes;
    };
    bool with_loops_;
    Dice dice_;
    int early_ = -1;
    bool in_body_ = false;
    long next_ = 0;
    std::vector<Parameter> parameters_;

    template <class E>
    int lowered(const E& e) {
        return lower<List>(b, e);
    }
    int parameter(const Turn& turn, int turns = 0) {
        Parameter p{next_, turn.places, turn.places == 0 ? 0 : b.segment, {b.leaf(Region::parameter, 0, next_, DType::f64, square_of_three, turn)}};
        next_ += size * (turns == 0 ? 1 : turns);
        parameters_.push_back(p);
        return p.nodes[0];
    }
    int step(int h, int w) {
        const A x{h}, p{w};
        switch (dice_(12)) {
            case 0: return lowered(strata::tanh(x * p));
            case 1: return lowered(strata::sigmoid(x) + p);
            case 2: return lowered(strata::tanh(strata::apply<MatmulOp<false, false>>(x, p)));
            case 3: return lowered(strata::apply<TransposeOp<1, 0>>(x - p));
            case 4: return lowered(x / (strata::square(p) + 1.5));
            case 5: return lowered(strata::detach(x) * p);
            case 6: return lowered(strata::tanh(x - sum_keep(x, axis<0>) * p));
            case 7: return early_ < 0 ? h : in_body_ ? lowered(x * 0.5 + strata::detach(A{early_}) * p) : lowered(x * 0.5 + A{early_} * p);
            case 8: return lowered(strata::select(x > p, x, strata::square(x) * 0.25));
            case 9: return lowered(x - max_keep(x, axis<1>));
            case 10: return lowered(strata::relu(x));
            default: return h;
        }
    }
    /// One turn: some steps by two parameters, the second of which a step may leave unread.
    int body(int h, const int* w) {
        const int steps = 1 + dice_(3), given = h;
        in_body_ = true;
        for (int i = 0; i < steps; ++i) h = step(h, w[i % 2]);
        in_body_ = false;
        return dice_(3) == 0 ? lowered(strata::tanh(A{h} + A{given})) : h;
    }
    int loop(int h) {
        ++loops;
        const int turns = 1 + dice_(4);
        const Dice before = dice_;
        if (with_loops_) {
            const int in = b.begin_loop(turns, h);
            const int w[2] = {parameter({0, turns, 2 * size}), parameter({0, turns, 2 * size})};
            next_ += 2 * size * (turns - 1);
            return b.end_loop(body(in, w));
        }
        const std::size_t first = parameters_.size();
        for (int k = 0; k < 2; ++k) {
            parameters_.push_back({next_, turns, 0, {}});
            next_ += size;
        }
        next_ += 2 * size * (turns - 1);
        for (int i = 0; i < turns; ++i) {
            int w[2];
            for (int k = 0; k < 2; ++k) {
                Parameter& p = parameters_[first + static_cast<std::size_t>(k)];
                p.nodes.push_back(w[k] = b.leaf(Region::parameter, 0, p.offset + 2 * size * i, DType::f64, square_of_three));
            }
            dice_ = before;
            h = body(h, w);
        }
        return h;
    }
    /// By some of the parameters, and by x perhaps.
    void differentiate_by(int loss, int x) {
        std::vector<int> by, gradient;
        std::vector<Sink> to;
        std::vector<int> segments;
        if (dice_(2)) by.push_back(x), to.push_back(Sink{-1, Region::output, 2, 0, {}}), segments.push_back(0);
        const int share = 1 + dice_(3);
        for (const Parameter& p : parameters_) {
            if (dice_(3) >= share) continue;
            for (std::size_t i = 0; i < p.nodes.size(); ++i) {
                by.push_back(p.nodes[i]);
                Sink s = place_of_leaf(-1, b.graph.node[p.nodes[i]]);
                s.region = Region::gradient;
                to.push_back(s);
                segments.push_back(p.segment);
            }
        }
        gradient.resize(by.size() + 1);
        leaves = static_cast<int>(by.size());
        differentiate<List>(b, loss, by.data(), static_cast<int>(by.size()), gradient.data());
        for (std::size_t i = 0; i < by.size(); ++i) {
            to[i].node = gradient[i];
            if (to[i].region == Region::gradient)
                b.sink(to[i], segments[i]);
            else
                b.sink(gradient[i], Region::output, 2);
        }
    }
};

using Results = std::map<std::vector<long>, std::vector<double>>;
/// What ends up where.
template <int N, int S>
Results results(const Graph<N, S>& g, std::uint64_t seed) {
    Dice dice{seed + 5};
    std::vector<double> numbers(1000);
    for (double& v : numbers) v = dice.number();
    Binding run;
    run.input[0] = numbers.data();
    run.input[1] = numbers.data() + 50;
    run.region[static_cast<int>(Region::parameter)] = numbers.data() + 100;
    const std::vector<Value> values = interpret_graph(g, Calls<List>::at, 1, run);
    Results r;
    for (int s = 0; s < g.sinks; ++s) {
        const auto& v = values[static_cast<std::size_t>(g.sink[s].node)].at;
        REQUIRE(r.emplace(std::vector<long>{static_cast<long>(g.sink[s].region), g.sink[s].index, g.sink[s].offset}, v).second);
    }
    return r;
}

}  // namespace

TEST_CASE("loops of random bodies and their derivatives are what their turns are, one after the other") {
    int loops = 0, reversed = 0;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        CAPTURE(seed);
        const Program looped(seed, true), written(seed, false);
        loops += looped.loops;
        int back = 0;
        for (int s = 0; s < looped.b.graph.segments; ++s) back += looped.b.graph.segment[s].reverse;
        CHECK((looped.leaves > 0 || back == 0));
        reversed += back;
        static Graph<room, sinks> clean;
        clean = without_dead<room, sinks>(looped.b.graph);
        std::string wrong;
        Results traced, cleaned;
        try {
            traced = results(*Unrolled<room, sinks, 2048>(looped.b.graph).graph, seed);
            cleaned = results(*Unrolled<room, sinks, 2048>(clean).graph, seed);
        } catch (const std::exception& e) {
            wrong = e.what();
        }
        REQUIRE(wrong == "");
        const Results wanted = results(written.b.graph, seed);
        CHECK(traced == cleaned);
        REQUIRE(traced.size() == wanted.size());
        for (const auto& [where, values] : wanted) {
            REQUIRE(traced.count(where) == 1);
            double worst = 0;
            for (std::size_t i = 0; i < values.size(); ++i) worst = std::fmax(worst, std::fabs(traced[where][i] - values[i]) / std::fmax(1, std::fabs(values[i])));
            CHECK(worst <= 1e-12);
        }
    }
    CHECK(reversed > 300);
    CHECK(reversed < loops);
}

// What turns read from before their loop has no gradient, as its share of each turn would have to be added up: it is refused, not wrong.
template <bool Detached, bool Result>
constexpr int by_captured() {
    Builder<64, 8> b;
    b.facts = Ops<List>::facts;
    const int x = b.leaf(Region::input, 0, 0, DType::f32, {}), w = b.leaf(Region::parameter, 0, 0, DType::f32, {});
    const int in = b.begin_loop(3, x);
    const int captured = Detached ? lower<List>(b, strata::detach(A{w})) : w;
    const int y = b.end_loop(Result ? captured : lower<List>(b, A{in} * A{captured}));
    const int by[] = {x, w};
    int gradient[2] = {};
    differentiate<List>(b, y, by, 2, gradient);
    return gradient[0];
}
template <bool Detached, bool Result>
concept Differentiates = requires { typename std::integral_constant<int, by_captured<Detached, Result>()>; };
static_assert(Differentiates<true, false> && Differentiates<true, true> && !Differentiates<false, false> && !Differentiates<false, true>);

}  // namespace strata::test
