// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/repeat.hpp>

#include <string>
#include <type_traits>
#include <vector>

#include <strata/device/pool.hpp>
#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/dropout.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/model/summary.hpp>
#include <strata/plan/explain.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
template <class Net>
using Model = st::Model<Net, st::Shape<4>, st::test::Here, st::Precision<double>>;
using Block = st::Residual<st::Dense<4>, st::Tanh>;

/// Two parameters with the same gradient.
struct TwoBiases {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<st::last<In>>>, first), (st::Param<st::Shape<st::last<In>>>, second));
    };
    static constexpr auto forward(const auto& p, st::Expression auto x) { return x + p.first + p.second; }
};

/// What some training steps and a call in inference come to.
struct Trained {
    std::vector<double> losses, gradients, parameters, states, results;
};
template <class Net, class In>
Trained trained(st::Pool* pool = nullptr) {
    using M = st::Model<Net, In, st::test::Here, st::Precision<double>>;
    constexpr int capacity = 6, count = 5;
    M model{st::Seed{5}};
    st::TrainingStep<M, st::CrossEntropy, st::Sgd, capacity> step{model, st::Sgd{.rate = 0.1}, st::Seed{5}, pool};
    const std::vector<double> x = st::test::Numbers{9}.many(count * In::size);
    const std::vector<std::int32_t> labels = {0, 2, 1, 1, 0};
    Trained t;
    for (int i = 0; i < 4; ++i) t.losses.push_back(step.run(x.data(), labels.data(), count));
    t.gradients.assign(step.gradients().data(), step.gradients().data() + M::parameter_block());
    t.parameters.assign(model.parameters(), model.parameters() + M::parameter_block());
    t.states.assign(model.states(), model.states() + M::state_block());
    t.results.resize(count * M::Output::size);
    st::Session<M, capacity>{model, pool}.run(x.data(), count, t.results.data());
    return t;
}
void check_close(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-9));
}
/// A net with loops and the same written out hold, compute and learn the same.
template <class Short, class Long, class In>
void check_same() {
    const Trained a = trained<Short, In>(), b = trained<Long, In>();
    check_close(a.losses, b.losses);
    check_close(a.gradients, b.gradients);
    check_close(a.parameters, b.parameters);
    check_close(a.states, b.states);
    check_close(a.results, b.results);
    st::Pool pool(3);
    const Trained c = trained<Short, In>(&pool);
    CHECK((a.losses == c.losses && a.parameters == c.parameters && a.states == c.states && a.results == c.results));
}
}  // namespace

TEST_CASE("it holds what the stack written out does: parameters of its own for each turn, the same paths and places") {
    using Short = Model<st::Sequential<st::Dense<4>, st::Repeat<3, st::Dense<4>, st::Tanh>, st::Dense<2>>>;
    using Long = Model<st::Sequential<st::Dense<4>, st::Dense<4>, st::Tanh, st::Dense<4>, st::Tanh, st::Dense<4>, st::Tanh, st::Dense<2>>>;
    static_assert(std::is_same_v<Short::Output, st::Shape<2>> && Short::cost.parameters == 4 * 20 + 10 && Short::cost.bytes == Long::cost.bytes);
    Short model{st::Seed{1}};
    Long written{st::Seed{1}};
    REQUIRE(Short::parts() == Long::parts());
    for (int i = 0; i < Short::parts(); ++i) {
        CHECK(std::string(model.part(i).path) == written.part(i).path);
        CHECK(model.part(i).data - model.parameters() == written.part(i).data - written.parameters());
        for (long k = 0; k < model.part(i).dims.size(); ++k) CHECK(model.part(i).data[k] == written.part(i).data[k]);
    }
    CHECK(std::string(model.part(8).path) == "7.weight");
    CHECK(model.part(2).data[0] != model.part(4).data[0]);  // no two begin alike
}
TEST_CASE("once is the block itself; within another it is written out") {
    static_assert(std::is_same_v<Model<st::Repeat<1, Block>>::Walk::Steps, Model<Block>::Walk::Steps>);
    static_assert(std::is_same_v<Model<st::Repeat<2, st::Repeat<2, st::Tanh>>>::Walk::Steps, Model<st::Repeat<2, st::Tanh, st::Tanh>>::Walk::Steps>);
}
TEST_CASE("its gradient") { st::test::Probe<st::Repeat<3, Block>, st::Shape<4>>{}.check_gradient(); }
#ifndef __CUDACC__  // nvcc takes its time over them; tests/exec/cuda_repeat.cu holds loops of dense layers to the host's
TEST_CASE("training: dense blocks, a residual block around a loop, a first turn of other shape") {
    // A body of several products: what the turns of its derivative read outlives much that each of them computes.
    using Body = st::Sequential<st::Dense<9>, st::Tanh, st::Dense<17>, st::Tanh, st::Dense<6>>;
    check_same<st::Sequential<st::Residual<st::Repeat<3, st::Dense<4>, st::Tanh>>, st::Repeat<3, Body>, st::Dense<3>>,
               st::Sequential<st::Residual<st::Dense<4>, st::Tanh, st::Dense<4>, st::Tanh, st::Dense<4>, st::Tanh>, Body, Body, Body, st::Dense<3>>, st::Shape<4>>();
}
TEST_CASE("training: one gradient for two parameters, before, in and after a loop") {
    using Body = st::Sequential<st::Dense<4>, TwoBiases, st::Tanh>;
    check_same<st::Sequential<TwoBiases, st::Repeat<3, Body>, TwoBiases, st::Tanh, st::Dense<3>>,
               st::Sequential<TwoBiases, Body, Body, Body, TwoBiases, st::Tanh, st::Dense<3>>, st::Shape<4>>();
}
#endif
TEST_CASE("training: convolutions with running statistics; a loop at either end") {
    using Conv = st::Conv2d<2, 3, st::Sliding<1, 1, 1>>;
    using Unit = st::Residual<Conv, st::BatchNorm, st::Relu>;
    check_same<st::Sequential<st::Repeat<3, Unit>, st::Flatten, st::Dense<3>, st::Repeat<2, st::Dense<3>>>,
               st::Sequential<Unit, Unit, Unit, st::Flatten, st::Dense<3>, st::Dense<3>, st::Dense<3>>, st::Shape<2, 5, 4>>();
}
TEST_CASE("each turn draws random numbers of its own, and its derivative the same ones") {
    // Scaling by dropout masks alone: the gradient by the input is the product of the masks, so it is there where the result is.
    using Drops = st::Repeat<3, st::Dropout<0.5f>>;
    st::test::Probe<Drops, st::Shape<40>> probe;
    const std::vector<double> y = probe.train();
    int kept = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        kept += y[i] != 0 ? 1 : 0;
        if (y[i] != 0) CHECK(std::abs(y[i]) > 0);
    }
    // Of 120 numbers 15 are kept by three masks; one mask used three times would keep 60.
    CHECK(kept > 3);
    CHECK(kept < 35);
    probe.check_gradient();
}
TEST_CASE("programs do not grow with the times") {
    using Few = Model<st::Sequential<st::Repeat<2, st::Dense<4>, st::Tanh>>>;
    using Many = Model<st::Sequential<st::Repeat<50, st::Dense<4>, st::Tanh>>>;
    using StepOfFew = st::TrainingStep<Few, st::CrossEntropy, st::Sgd, 2>;
    using StepOfMany = st::TrainingStep<Many, st::CrossEntropy, st::Sgd, 2>;
    static_assert(StepOfFew::kernels == StepOfMany::kernels);
    constexpr st::PlanFacts few = st::plan_of<StepOfFew>, many = st::plan_of<StepOfMany>;
    static_assert(many.launches - few.launches == 48 * (few.launches - StepOfFew::Plan::plan.launches));
    static_assert(many.flops > 15 * few.flops);
    const std::string table = st::explain<StepOfMany::Plan>();
    CHECK(table.find(" x50") != std::string::npos);
    CHECK(table.find("50 turns from the last to the first") != std::string::npos);
    // Inference needs two places for what a turn hands on, whatever the times.
    static_assert(st::Session<Few, 2>::Plan::plan.arena == st::Session<Many, 2>::Plan::plan.arena);
    CHECK(st::summary<Many>().find("50 times") != std::string::npos);
}
