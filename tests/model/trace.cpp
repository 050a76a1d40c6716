// SPDX-License-Identifier: BSL-1.0
#include <strata/model/trace.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/layer_norm.hpp>
#include <strata/layer/dropout.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/loss/mse.hpp>
#include <strata/optim/adam.hpp>
#include <strata/op/detach.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/graph_text.hpp"
#include "../support/interpreter.hpp"

namespace strata::test {
namespace {

using detail::EvaluationTrace, detail::InferenceTrace, detail::TrainingTrace;
template <class Traced>
constexpr int kernels = Program<Traced>::kernels;

/// Every sink: region, index, place, shape, type.
template <class Traced>
std::string sinks_of() {
    static constexpr auto g = Traced::graph();
    std::string s;
    for (int i = 0; i < g.sinks; ++i) {
        const Node& n = g.node[g.sink[i].node];
        s += std::string(text::region(static_cast<int>(g.sink[i].region))) + " " + std::to_string(g.sink[i].index) + " at " + std::to_string(g.sink[i].offset) + " " +
             text::dims(n.dims) + " " + text::type(n.type) + "\n";
    }
    return s;
}
/// What a program that only reads its model has none of.
template <class Traced>
bool trains() {
    static constexpr auto g = Program<Traced>::graph;
    bool found = false;
    for (int i = 0; i < g.nodes; ++i) {
        const Node& n = g.node[i];
        const auto region = n.kind == Kind::leaf ? static_cast<Region>(n.attributes.value[0]) : Region::input;
        found = found || n.derived || n.kind == Kind::pack || n.kind == Kind::random || region == Region::gradient || region == Region::moment ||
                (region == Region::scalar && n.attributes.value[1] != static_cast<int>(Scalar::inverse_count));
    }
    for (int i = 0; i < g.sinks; ++i) found = found || g.sink[i].region != Region::output;
    return found;
}

using Net = Sequential<Dense<6>, BatchNorm, Tanh, Dropout<0.5f>, Residual<Dense<6>>, Dense<3>>;
/// Writes its state whatever the mode: the programs that only read must leave that out.
struct Counting {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (State<Shape<1>>, steps));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return updating(x * 2.0, assign(p.steps, p.steps + 1.0)); }
};
/// Has a parameter that no loss depends on.
struct Detached {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<last<In>>, Ones>, weight));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return x + detach(p.weight); }
};
using Mlp = Sequential<Dense<256>, Relu, Dense<128>, Relu, Dense<10>>;
using LeNet = Sequential<Conv2d<6, 5>, Relu, MaxPool2d<2>, Conv2d<16, 5>, Relu, MaxPool2d<2>, Flatten, Dense<120>, Relu, Dense<84>, Relu, Dense<10>>;

// --- values: a net small enough to be written out ----------------------------------------------------------------------------
using Small = Sequential<Dense<4>, Tanh, BatchNorm, Dense<3>>;
constexpr int samples = 5, capacity = 8, hidden = 4, classes = 3, features = 2;

struct Numbers {
    std::vector<double> x, parameter, state, scalar{1.0 / samples, 0.25};
    std::vector<std::int32_t> label;
    Numbers() {
        std::uint64_t n = 0;
        const auto next = [&] { return 2.0 * static_cast<double>(Philox::uniform(1, 2, n++)) - 1.0; };
        for (int i = 0; i < samples * features; ++i) x.push_back(next());
        for (int i = 0; i < samples; ++i) label.push_back((i * 5 + 1) % classes);
        parameter.resize(static_cast<std::size_t>(InferenceTrace<Small, Shape<features>, capacity, double>::layout.parameters));
        for (double& p : parameter) p = next();
        for (int i = 0; i < 16; ++i) state.push_back(0.75 + 0.5 * next());
    }
    Binding binding() const {
        Binding b;
        b.count = samples;
        b.input[0] = x.data(), b.input[1] = label.data();
        b.region[static_cast<int>(Region::parameter)] = parameter.data();
        b.region[static_cast<int>(Region::state)] = state.data();
        b.region[static_cast<int>(Region::scalar)] = scalar.data();
        return b;
    }
    // Where the parts lie: 8 numbers of double to a line.
    double w(int k, int o) const { return parameter[static_cast<std::size_t>(k * hidden + o)]; }
    double part(int line, int i) const { return parameter[static_cast<std::size_t>(8 * line + i)]; }
    double mean(int i) const { return state[static_cast<std::size_t>(i)]; }
    double variance(int i) const { return state[static_cast<std::size_t>(8 + i)]; }
};
struct Outcome {
    double score[samples][classes], loss, mean[hidden], variance[hidden];
};
/// Small and its cross entropy as their formulas say, by running statistics or by the batch's.
Outcome by_hand(const Numbers& n, bool training) {
    Outcome r{};
    double h[samples][hidden], mean[hidden] = {}, variance[hidden] = {};
    for (int i = 0; i < samples; ++i)
        for (int o = 0; o < hidden; ++o) {
            double sum = n.part(1, o);
            for (int k = 0; k < features; ++k) sum += n.x[static_cast<std::size_t>(i * features + k)] * n.w(k, o);
            h[i][o] = std::tanh(sum);
            mean[o] += h[i][o] / samples;
        }
    for (int o = 0; o < hidden; ++o) {
        for (int i = 0; i < samples; ++i) variance[o] += (h[i][o] - mean[o]) * (h[i][o] - mean[o]) / samples;
        r.mean[o] = 0.9 * n.mean(o) + 0.1 * mean[o];
        r.variance[o] = 0.9 * n.variance(o) + 0.1 * variance[o] * samples / (samples - 1);
        if (!training) mean[o] = n.mean(o), variance[o] = n.variance(o);
    }
    for (int i = 0; i < samples; ++i) {
        double all = 0;
        for (int c = 0; c < classes; ++c) {
            r.score[i][c] = n.part(6, c);
            for (int o = 0; o < hidden; ++o)
                r.score[i][c] += ((h[i][o] - mean[o]) / std::sqrt(variance[o] + 1e-5) * n.part(2, o) + n.part(3, o)) * n.part(4, o * classes + c);
            all += std::exp(r.score[i][c]);
        }
        r.loss += (std::log(all) - r.score[i][n.label[static_cast<std::size_t>(i)]]) / samples;
    }
    return r;
}
/// The interpreted value of the sink at a place.
template <class Traced>
Value sink_value(const std::vector<Value>& values, Region region, int index, long offset = 0) {
    static constexpr auto g = Traced::graph();
    for (int i = 0; i < g.sinks; ++i)
        if (g.sink[i].region == region && g.sink[i].index == index && g.sink[i].offset == offset) return values[static_cast<std::size_t>(g.sink[i].node)];
    FAIL("no such sink");
    return {};
}
}  // namespace

// The budgets that the design promises.
static_assert(kernels<TrainingTrace<Mlp, Shape<784>, 64, CrossEntropy, Adam, float>> <= 10);
static_assert(kernels<TrainingTrace<LeNet, Shape<1, 28, 28>, 32, CrossEntropy, Adam, float>> <= 24);
static_assert(kernels<InferenceTrace<Mlp, Shape<784>, 64, float>> == 3);  // one for each product
// A layer norm is one kernel forwards and at most two backwards.
static_assert(kernels<TrainingTrace<Sequential<Dense<40>, LayerNorm, Dense<10>>, Shape<40>, 32, CrossEntropy, Adam, float>> <=
              kernels<TrainingTrace<Sequential<Dense<40>, Dense<10>>, Shape<40>, 32, CrossEntropy, Adam, float>> + 3);
static_assert(kernels<InferenceTrace<LeNet, Shape<1, 28, 28>, 32, float>> <= 8);
static_assert(kernels<EvaluationTrace<Mlp, Shape<784>, 64, CrossEntropy, float>> <= 5);

TEST_CASE("inference goes from input 0 to output 0") {
    CHECK(sinks_of<InferenceTrace<Net, Shape<5>, 8, float>>() == "output 0 at 0 [-8, 3] f32\n");
    CHECK(sinks_of<InferenceTrace<Flatten, Shape<2, 3>, 1, double>>() == "output 0 at 0 [-1, 6] f64\n");
}
TEST_CASE("evaluation has scores, the loss and, for classifiers, classes") {
    CHECK(sinks_of<EvaluationTrace<Net, Shape<5>, 8, CrossEntropy, float>>() == "output 0 at 0 [-8, 3] f32\noutput 1 at 0 [1, 1] f32\noutput 2 at 0 [-8] i32\n");
    CHECK(sinks_of<EvaluationTrace<Net, Shape<5>, 8, MeanSquaredError, double>>() == "output 0 at 0 [-8, 3] f64\noutput 1 at 0 [1, 1] f64\n");
}
TEST_CASE("training has the loss, every gradient, the new states, and whole blocks of parameters and moments") {
    // 0.weight 30, 0.bias, 1.weight, 1.bias 6 each, 5.weight 36, 5.bias 6, 7.weight 18, 7.bias 3, in lines of 16.
    const std::string common =
        "state 0 at 0 [6] f32\nstate 0 at 16 [6] f32\noutput 1 at 0 [1, 1] f32\n"
        "gradient 0 at 0 [5, 6] f32\ngradient 0 at 32 [6] f32\ngradient 0 at 48 [6] f32\ngradient 0 at 64 [6] f32\n"
        "gradient 0 at 80 [6, 6] f32\ngradient 0 at 128 [6] f32\ngradient 0 at 144 [6, 3] f32\ngradient 0 at 176 [3] f32\nparameter 0 at 0 [192] f32\n";
    CHECK(sinks_of<TrainingTrace<Net, Shape<5>, 8, CrossEntropy, Sgd, float>>() == common);
    CHECK(sinks_of<TrainingTrace<Net, Shape<5>, 8, CrossEntropy, Momentum, float>>() == common + "moment 0 at 0 [192] f32\n");
    CHECK(sinks_of<TrainingTrace<Net, Shape<5>, 8, CrossEntropy, Adam, float>>() == common + "moment 0 at 0 [192] f32\nmoment 0 at 192 [192] f32\n");
}
TEST_CASE("every turn of a loop writes the gradients of its own parameters, zeros too") {
    static constexpr auto g = TrainingTrace<Sequential<Repeat<3, Dense<4>, Detached>, Dense<3>>, Shape<4>, 8, CrossEntropy, Sgd, float>::graph();
    int in_turns = 0;
    for (int i = 0; i < g.sinks; ++i)
        if (g.sink[i].region == Region::gradient) {
            CHECK(g.turns_of(g.sink[i].node) == (g.sink[i].turn.places == 0 ? 1 : g.sink[i].turn.places));
            in_turns += g.sink[i].turn.places == 3 ? 1 : 0;
        }
    CHECK(in_turns == 3);
}
TEST_CASE("a net without parameters trains nothing") { CHECK(sinks_of<TrainingTrace<Tanh, Shape<3>, 8, CrossEntropy, Adam, float>>() == "output 1 at 0 [1, 1] f32\n"); }
TEST_CASE("programs that only read their model have no node of training") {
    CHECK_FALSE(trains<InferenceTrace<Net, Shape<5>, 8, float>>());
    CHECK_FALSE(trains<EvaluationTrace<Net, Shape<5>, 8, CrossEntropy, float>>());
    using Counted = Sequential<Dense<3>, Counting>;
    CHECK_FALSE(trains<InferenceTrace<Counted, Shape<5>, 8, float>>());
    CHECK_FALSE(trains<EvaluationTrace<Counted, Shape<5>, 8, CrossEntropy, float>>());
    CHECK(sinks_of<TrainingTrace<Counted, Shape<5>, 8, CrossEntropy, Sgd, float>>().find("state 0 at 0 [1] f32\n") == 0);
    CHECK(trains<TrainingTrace<Net, Shape<5>, 8, CrossEntropy, Sgd, float>>());
}
TEST_CASE("each field of the layout is a leaf at its place, in its region") {
    using Traced = InferenceTrace<Net, Shape<5>, 8, float>;
    static constexpr auto g = Traced::graph();
    for (int e = 0; e < Traced::layout.entries; ++e) {
        const auto& entry = Traced::layout.entry[e];
        int found = 0;
        for (int i = 0; i < g.nodes; ++i) {
            const Node& n = g.node[i];
            if (n.kind != Kind::leaf || !(n.dims == entry.dims) || n.attributes.value[2] != entry.offset) continue;
            found += n.attributes.value[0] == static_cast<int>(entry.trained ? Region::parameter : Region::state);
        }
        CAPTURE(entry.path);
        CHECK(found == 1);
    }
}
TEST_CASE("inference and evaluation compute the net by its running statistics") {
    const Numbers n;
    const Outcome wanted = by_hand(n, false);
    using Infer = InferenceTrace<Small, Shape<features>, capacity, double>;
    using Evaluate = EvaluationTrace<Small, Shape<features>, capacity, CrossEntropy, double>;
    const auto inferred = interpret_trace<Infer>(n.binding()), evaluated = interpret_trace<Evaluate>(n.binding());
    for (const Value& scores : {sink_value<Infer>(inferred, Region::output, 0), sink_value<Evaluate>(evaluated, Region::output, 0)}) {
        REQUIRE(scores.dims == Dims{2, {samples, classes}});
        for (int i = 0; i < samples * classes; ++i) CHECK(std::abs(scores[i] - wanted.score[i / classes][i % classes]) <= 1e-13);
    }
    CHECK(std::abs(sink_value<Evaluate>(evaluated, Region::output, 1)[0] - wanted.loss) <= 1e-13);
    const Value best = sink_value<Evaluate>(evaluated, Region::output, 2);
    for (int i = 0; i < samples; ++i)
        for (int c = 0; c < classes; ++c) CHECK(wanted.score[i][c] <= wanted.score[i][static_cast<int>(best[i])]);
}
TEST_CASE("training computes it by the batch's, with its gradients, new states and new parameters") {
    Numbers n;
    using Train = TrainingTrace<Small, Shape<features>, capacity, CrossEntropy, Sgd, double>;
    const auto values = interpret_trace<Train>(n.binding());
    const Outcome wanted = by_hand(n, true);
    CHECK(std::abs(sink_value<Train>(values, Region::output, 1)[0] - wanted.loss) <= 1e-13);
    const Value mean = sink_value<Train>(values, Region::state, 0, 0), variance = sink_value<Train>(values, Region::state, 0, 8);
    for (int o = 0; o < hidden; ++o) {
        CHECK(std::abs(mean[o] - wanted.mean[o]) <= 1e-14);
        CHECK(std::abs(variance[o] - wanted.variance[o]) <= 1e-14);
    }
    const Value updated = sink_value<Train>(values, Region::parameter, 0);
    for (int e = 0; e < Train::layout.entries; ++e) {
        const auto& entry = Train::layout.entry[e];
        if (!entry.trained) continue;
        const Value gradient = sink_value<Train>(values, Region::gradient, 0, entry.offset);
        for (long k = 0; k < entry.dims.size(); ++k) {
            CAPTURE(entry.path);
            double& p = n.parameter[static_cast<std::size_t>(entry.offset + k)];
            const double kept = p, step = 1e-5;
            p = kept + step;
            const double above = by_hand(n, true).loss;
            p = kept - step;
            const double below = by_hand(n, true).loss;
            p = kept;
            CHECK(std::abs(gradient[k] - (above - below) / (2 * step)) <= 1e-8);
            CHECK(std::abs(updated[entry.offset + k] - (kept - n.scalar[1] * gradient[k])) <= 1e-15);
        }
    }
}

}  // namespace strata::test
