// SPDX-License-Identifier: BSL-1.0
#include <strata/train/step.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/loss/mse.hpp>
#include <strata/op/matmul.hpp>
#include <strata/op/transpose.hpp>
#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
using Net = st::Sequential<st::Conv2d<3, 3>, st::Tanh, st::MaxPool2d<2>, st::Flatten, st::Dense<4>>;
using Model = st::Model<Net, st::Shape<1, 6, 6>, st::test::Here, st::Precision<double>>;
template <int B>
using Step = st::TrainingStep<Model, st::CrossEntropy, st::Adam, B>;

/// y = W x, or the same as (x^T W^T)^T.
template <bool Turned>
struct Mixed {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (st::Param<st::Shape<4, 6>, st::GlorotUniform>, weight));
    };
    static constexpr auto forward(const auto& p, st::Expression auto x) {
        if constexpr (Turned)
            return st::transpose<0, 2, 1>(st::matmul_transposed(st::transpose<0, 2, 1>(x), p.weight));
        else
            return st::matmul(p.weight, x);
    }
};
template <class Layer>
using MixedModel = st::Model<st::Sequential<Layer, st::Tanh, st::Flatten, st::Dense<4>>, st::Shape<6, 6>, st::test::Here, st::Precision<double>>;

struct Batch {
    std::vector<double> x = st::test::Numbers{4}.many(64 * 36);
    std::vector<std::int32_t> labels;
    Batch() {
        for (int i = 0; i < 64; ++i) labels.push_back(i * 7 % 4);
    }
};
template <class S>
std::string refusal(S& step, std::span<const double> x, std::span<const std::int32_t> labels) {
    try {
        step(x, labels);
    } catch (const st::DataError& e) {
        return e.what();
    }
    return "none";
}
}  // namespace

TEST_CASE("a full batch is the mean of its samples: loss and gradient, for every count up to the capacity") {
    const Batch batch;
    Model model{st::Seed{1}};
    const Model before = model;
    st::Adam still;
    still.rate = 0;
    Step<64> step(model, still, st::Seed{1});
    st::TrainingStep<Model, st::CrossEntropy, st::Adam, 1> single(model, still, st::Seed{1});
    std::vector<double> gradient(static_cast<std::size_t>(Model::parameter_block()));
    double loss = 0;
    for (int count = 1; count <= 64; ++count) {
        CAPTURE(count);
        loss += single.run(batch.x.data() + (count - 1) * 36, batch.labels.data() + count - 1, 1);
        for (std::size_t k = 0; k < gradient.size(); ++k) gradient[k] += single.gradients()[static_cast<long>(k)];
        CHECK(step.run(batch.x.data(), batch.labels.data(), count) == doctest::Approx(loss / count).epsilon(1e-12));
        double worst = 0;
        for (std::size_t k = 0; k < gradient.size(); ++k) worst = std::max(worst, std::abs(step.gradients()[static_cast<long>(k)] - gradient[k] / count));
        CHECK(worst <= 1e-13);
    }
    for (long k = 0; k < Model::parameter_block(); ++k) CHECK(model.parameters()[k] == before.parameters()[k]);
}
TEST_CASE("the capacity does not matter: the same steps to the last bit but one") {
    const Batch batch;
    Model a{st::Seed{1}}, b{st::Seed{1}};
    Step<64> large(a, st::Adam{}, st::Seed{1});
    Step<5> small(b, st::Adam{}, st::Seed{1});
    for (int i = 0; i < 10; ++i) {
        const double x = large.run(batch.x.data() + i * 180, batch.labels.data() + i * 5, 5), y = small.run(batch.x.data() + i * 180, batch.labels.data() + i * 5, 5);
        CHECK(x == doctest::Approx(y).epsilon(1e-13));
    }
    for (long k = 0; k < Model::parameter_block(); ++k) CHECK(std::abs(a.parameters()[k] - b.parameters()[k]) <= 1e-13);
}
TEST_CASE("one matrix on the left of a bounded batch: its gradient is of the samples there are") {
    const Batch batch;
    MixedModel<Mixed<false>> a{st::Seed{1}};
    MixedModel<Mixed<true>> b{st::Seed{1}};
    st::TrainingStep<MixedModel<Mixed<false>>, st::CrossEntropy, st::Adam, 64> left(a, st::Adam{}, st::Seed{1});
    st::TrainingStep<MixedModel<Mixed<true>>, st::CrossEntropy, st::Adam, 64> right(b, st::Adam{}, st::Seed{1});
    for (int count : {64, 7, 1}) {
        const double x = left.run(batch.x.data(), batch.labels.data(), count), y = right.run(batch.x.data(), batch.labels.data(), count);
        CHECK(x == doctest::Approx(y).epsilon(1e-13));
    }
    for (long k = 0; k < a.parameter_block(); ++k) CHECK(std::abs(a.parameters()[k] - b.parameters()[k]) <= 1e-12);
}
TEST_CASE("the checked call takes as many samples as it is given") {
    const Batch batch;
    Model a{st::Seed{1}}, b{st::Seed{1}};
    Step<64> checked(a, st::Adam{}, st::Seed{1}), plain(b, st::Adam{}, st::Seed{1});
    const std::span<const double> x(batch.x);
    const std::span<const std::int32_t> labels(batch.labels);
    for (std::size_t count : {1u, 7u, 64u})
        CHECK(checked(x.first(count * 36), labels.first(count), 0.5) == plain.run(batch.x.data(), batch.labels.data(), static_cast<int>(count), 0.5));
    for (long k = 0; k < Model::parameter_block(); ++k) CHECK(a.parameters()[k] == b.parameters()[k]);
    CHECK(checked.steps() == 3);
}
TEST_CASE("and refuses what is no batch, before anything changes") {
    std::vector<double> x(66 * 36);
    std::vector<std::int32_t> labels(66);
    Model model{st::Seed{1}};
    const Model before = model;
    Step<64> step(model, st::Adam{}, st::Seed{1});
    const std::span<const double> xs(x);
    const std::span<const std::int32_t> ls(labels);
    CHECK(refusal(step, xs.first(65 * 36), ls.first(65)) == "strata: a batch of 65 samples for a capacity of 64; give 1 to 64, or split it");
    CHECK(refusal(step, xs.first(0), ls.first(0)).find("a batch of 0 samples") != std::string::npos);
    CHECK(refusal(step, xs.first(37), ls.first(1)).find("37 numbers are no whole number of samples of 36") != std::string::npos);
    CHECK(refusal(step, xs.first(72), ls.first(1)).find("targets hold 1 numbers where the batch needs 2") != std::string::npos);
    labels[1] = 4;
    CHECK(refusal(step, xs.first(72), ls.first(2)).find("label 4 of sample 1 is none of 4 classes") != std::string::npos);
    labels[1] = -1;
    CHECK(refusal(step, xs.first(72), ls.first(2)).find("label -1 of sample 1") != std::string::npos);
    CHECK(step.steps() == 0);
    for (long k = 0; k < Model::parameter_block(); ++k) CHECK(model.parameters()[k] == before.parameters()[k]);
    labels[1] = 3;
    CHECK(refusal(step, xs.first(72), ls.first(2)) == "none");
}
TEST_CASE("values as targets: one for each result") {
    using M = st::Model<st::Dense<3>, st::Shape<2>, st::test::Here>;
    M model;
    st::TrainingStep<M, st::MeanSquaredError, st::Sgd, 4> step(model, st::Sgd{0.1}, st::Seed{1});
    const std::vector<float> x{1, 2, 3, 4}, y(6, 0.5f);
    CHECK(step(x, y) > 0);
    CHECK_THROWS_AS(step(x, std::span(y).first(5)), st::DataError);
}
TEST_CASE("padding between parameters stays 0 through training") {
    const Batch batch;
    Model model{st::Seed{1}};
    Step<64> step(model, st::Adam{.rate = 0.1}, st::Seed{1});
    for (int i = 0; i < 20; ++i) step.run(batch.x.data(), batch.labels.data(), 64);
    long at = 0;
    for (int i = 0; i < Model::parts(); ++i) {
        const auto& e = Model::layout.entry[i];
        for (; at < e.offset; ++at) CHECK(model.parameters()[at] == 0);
        at += e.dims.size();
    }
    for (; at < Model::parameter_block(); ++at) CHECK(model.parameters()[at] == 0);
}
