// SPDX-License-Identifier: BSL-1.0
// Metrics of what a device says: scores and predictions come to the host by a copy that is written out, and count there as the host's own.
// What would have the host read a device's memory does not compile: tests/fail/places_in_metric.cpp.
#include <strata/data/dataset.hpp>
#include <strata/exec/cuda_expression.cuh>
#include <strata/metric.hpp>
#include <strata/strata.hpp>
#include <strata/train/trainer.hpp>

#include "../support/check.hpp"

namespace strata::test {
namespace {
constexpr int samples = 40, classes = 5;
using Labels = strata::Tensor<std::int32_t, samples>;
Labels labels() {
    Labels l;
    for (int i = 0; i < samples; ++i) l(i) = i * i * 3 % classes;
    return l;
}
}  // namespace

TEST_CASE("metrics of predictions that lie on a device are those of the host") {
    const auto x = scattered<strata::Tensor<float, samples, 7>>(1);
    const auto w = scattered<strata::Tensor<float, 7, classes>>(2);
    const TensorOn<Cuda, float, samples, 7> x_there(x);
    const TensorOn<Cuda, float, 7, classes> w_there(w);
    const strata::Tensor<float, samples, classes> scores = matmul(x, w);
    const Labels predicted = argmax(scores), truth = labels();
    const TensorOn<Cuda, float, samples, classes> scores_there = matmul(x_there, w_there);
    const TensorOn<Cuda, std::int32_t, samples> predicted_there = argmax(scores_there), truth_there(truth);

    ConfusionMatrix<classes> here, there;
    here.add(truth, predicted);
    there.add(truth_there.to_host(), predicted_there.to_host());
    CHECK(there == here);
    CHECK(there.total() == samples);
    CHECK(accuracy(there) > 0);
    CHECK(accuracy(there) < 1);
    CHECK(f1(there, Average::macro) == f1(here, Average::macro));
    for (int k = 1; k <= classes; ++k)
        CHECK(top_k_accuracy(scores_there.to_host(), truth_there.to_host(), k) == top_k_accuracy(scores, truth, k));
    // The same shares as expressions, counted where the numbers are.
    const TensorOn<Cuda, std::int32_t> right = sum(cast<std::int32_t>(predicted_there == truth_there));
    CHECK(right.to_host()() == here.correct());
}

TEST_CASE("a trainer's evaluation of a model on a device is the host's") {
    using Net = Sequential<Dense<12>, Tanh, Dense<classes>>;
    using There = Model<Net, Shape<7>, Cuda>;
    const auto x = scattered<strata::Tensor<float, samples, 7>>(3);
    const Labels truth = labels();
    const data::Dataset<Shape<7>, classes> set(std::vector<float>(x.begin(), x.end()),
                                               std::vector<std::int32_t>(truth.begin(), truth.end()));
    Model<Net, Shape<7>> here{Seed{1}};
    There there(here);
    Trainer<Model<Net, Shape<7>>, CrossEntropy, Sgd, 16> trainer(here, CrossEntropy{}, Sgd{0.1}, batch<16>, TrainerOptions{Seed{2}, 1});
    Trainer<There, CrossEntropy, Sgd, 16> trainer_there(there, CrossEntropy{}, Sgd{0.1}, batch<16>, TrainerOptions{Seed{2}, 1});
    const auto a = trainer.evaluate(set), b = trainer_there.evaluate(set);
    CHECK(b.confusion == a.confusion);
    CHECK(b.samples == samples);
    CHECK(b.loss == doctest::Approx(a.loss).epsilon(1e-5));
    CHECK(b.text() == a.text());
}

}  // namespace strata::test
