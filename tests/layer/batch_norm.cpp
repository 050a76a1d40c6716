// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/batch_norm.hpp>

#include <cmath>
#include <type_traits>
#include <vector>

#include <strata/layer/dense.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
/// [3, Channels, Places] by the definition: in training by the batch, in inference by what is stored.
template <class In, int Channels, int Places>
void check() {
    using P = st::test::Probe<st::BatchNorm, In>;
    P probe;
    static_assert(std::is_same_v<typename P::Output, In>);
    static_assert(P::M::cost.parameters == 2 * In::size + 2 * Channels && P::M::cost.states == 2 * Channels);
    double *weight = probe.field("weight"), *bias = probe.field("bias"), *mean = probe.field("mean"), *variance = probe.field("variance");
    std::vector<double> wanted_train(probe.x.size()), wanted_infer(probe.x.size()), next_mean, next_variance;
    for (int c = 0; c < Channels; ++c) {
        CHECK(weight[c] == 1);
        CHECK(bias[c] == 0);
        CHECK(mean[c] == 0);
        CHECK(variance[c] == 1);
        weight[c] = 1 + 0.25 * c;
        bias[c] = 0.5 - 0.25 * c;
        mean[c] = 0.125 * c - 0.25;
        variance[c] = 0.5 + 0.5 * c;
        const auto place = [&](int n, int i) { return static_cast<std::size_t>((n * Channels + c) * Places + i); };
        constexpr double all = P::count * Places;
        double m = 0, v = 0;
        for (int n = 0; n < P::count; ++n)
            for (int i = 0; i < Places; ++i) m += probe.x[place(n, i)] / all;
        for (int n = 0; n < P::count; ++n)
            for (int i = 0; i < Places; ++i) v += (probe.x[place(n, i)] - m) * (probe.x[place(n, i)] - m) / all;
        for (int n = 0; n < P::count; ++n)
            for (int i = 0; i < Places; ++i) {
                wanted_train[place(n, i)] = (probe.x[place(n, i)] - m) / std::sqrt(v + 1e-5) * weight[c] + bias[c];
                wanted_infer[place(n, i)] = (probe.x[place(n, i)] - mean[c]) / std::sqrt(variance[c] + 1e-5) * weight[c] + bias[c];
            }
        next_mean.push_back(0.9 * mean[c] + 0.1 * m);
        next_variance.push_back(0.9 * variance[c] + 0.1 * v * all / (all - 1));
    }
    const auto infer = probe.infer();
    for (std::size_t i = 0; i < infer.size(); ++i) CHECK(std::abs(infer[i] - wanted_infer[i]) <= 1e-12);
    CHECK(mean[0] == -0.25);  // inference changes nothing
    probe.loss(std::vector<double>(infer.size(), 1.0));
    for (std::size_t c = 0; c < Channels; ++c) {
        CHECK(std::abs(mean[c] - next_mean[c]) <= 1e-14);
        CHECK(std::abs(variance[c] - next_variance[c]) <= 1e-14);
    }
    const auto train = probe.train();
    for (std::size_t i = 0; i < train.size(); ++i) CHECK(std::abs(train[i] - wanted_train[i]) <= 1e-12);
}
}  // namespace

TEST_CASE("on features: statistics over the batch") { check<st::Shape<5>, 5, 1>(); }
TEST_CASE("on images: statistics over batch, height and width") { check<st::Shape<3, 2, 4>, 3, 8>(); }

TEST_CASE("the gradient, through the statistics too") {
    st::test::Probe<st::BatchNorm, st::Shape<3, 2, 4>>{}.check_gradient();
    // Scale and shift of a feature in front would cancel: a product mixes them.
    st::test::Probe<st::Sequential<st::Dense<5>, st::BatchNorm>, st::Shape<4>>{}.check_gradient({"0.shift", "1.bias"});
}
TEST_CASE("a batch of one sample keeps the biased variance and stays finite") {
    using M = st::Model<st::BatchNorm, st::Shape<4>, st::test::Here, st::Precision<double>>;
    M model;
    st::TrainingStep<M, st::test::Weighted, st::Sgd, 2> step(model, st::Sgd{0.1}, st::Seed{1});
    const double x[4] = {1, 2, 3, 4}, weight[4] = {1, 1, 1, 1};
    CHECK(std::abs(step.run(x, weight, 1)) <= 1e-12);  // each is its own mean
    const auto mean = model.part(2), variance = model.part(3);
    for (int c = 0; c < 4; ++c) {
        CHECK(mean.data[c] == doctest::Approx(0.1 * x[c]));
        CHECK(variance.data[c] == doctest::Approx(0.9));
    }
}
