// SPDX-License-Identifier: BSL-1.0
/// Trainers whose loss compares with values: the same fit, evaluation and checkpoints, judged by the loss.
#include <strata/train/trainer.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include <strata/data/split.hpp>
#include <strata/data/tensor_dataset.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/loss/bce.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/loss/mse.hpp>
#include <strata/optim/adam.hpp>

#include "../support/folder.hpp"
#include "../support/here.hpp"

namespace strata::test {
namespace {

using Net = Sequential<Dense<16>, Tanh, Dense<2>>;
using M = Model<Net, Shape<3>, Here>;
using Set = data::TensorDataset<Shape<3>, Shape<2>>;

/// Targets that a small net can learn: x0 x1 and sin x2, or whether they are positive.
Set task(int n, std::uint64_t seed, bool yes_or_no = false) {
    std::vector<float> x, y;
    for (int i = 0; i < n; ++i) {
        float v[3];
        for (int k = 0; k < 3; ++k) x.push_back(v[k] = 2 * Philox::uniform(seed, 7, static_cast<std::uint64_t>(3 * i + k)) - 1);
        for (const float t : {v[0] * v[1], std::sin(2 * v[2])}) y.push_back(yes_or_no ? static_cast<float>(t > 0) : t);
    }
    return {x, y};
}
FitOptions<Set> quiet(int epochs) {
    FitOptions<Set> o;
    o.epochs = epochs;
    o.progress.silent = true;
    return o;
}
template <class Loss = MeanSquaredError>
auto trainer_of(M& m, int threads = 1) {
    return Trainer<M, Loss, Adam, 32>(m, Loss{}, Adam{.rate = 1e-2}, batch<32>, TrainerOptions{Seed{5}, threads});
}
bool equal(const M& a, const M& b) { return std::memcmp(a.parameters(), b.parameters(), sizeof(float) * M::parameter_block()) == 0; }

TEST_CASE("a regression is learned; the weights of the least validation loss are kept, and an evaluation is the mean squared error") {
    const Set train = task(320, 1), validation = task(70, 2);
    M m{Seed{1}};
    auto trainer = trainer_of(m);
    auto options = quiet(30);
    options.validation = &validation;
    const History h = trainer.fit(train, options);
    REQUIRE(h.epochs.size() == 30);
    double best = 1e9;
    for (const EpochRecord& e : h.epochs) {
        CHECK_FALSE(e.validation_accuracy.has_value());
        best = std::min(best, e.validation_loss.value());
    }
    const ValueEvaluation e = trainer.evaluate(validation);
    CHECK(e.samples == 70);
    CHECK(e.loss == doctest::Approx(best));
    CHECK(e.loss < 0.02);
    const std::vector<float> y = trainer.predict(validation);
    REQUIRE(y.size() == 140);
    double squares = 0;
    for (long i = 0; i < 70; ++i) {
        float t[2];
        validation.copy_target(i, t);
        for (int k = 0; k < 2; ++k) squares += std::pow(static_cast<double>(y[static_cast<std::size_t>(2 * i + k)] - t[k]), 2);
    }
    CHECK(e.loss == doctest::Approx(squares / 140));
}

TEST_CASE("patience counts epochs without a lower loss") {
    const Set train = task(64, 1), validation = task(32, 2, true);  // other targets than those trained for: it soon gets worse
    M m{Seed{1}};
    auto options = quiet(200);
    options.validation = &validation;
    options.patience = 2;
    const History h = trainer_of(m).fit(train, options);
    REQUIRE(h.epochs.size() < 200);
    const auto loss = [&](std::size_t from_end) { return h.epochs[h.epochs.size() - from_end].validation_loss.value(); };
    CHECK(loss(1) >= loss(3));
    CHECK(loss(2) >= loss(3));
}

TEST_CASE("one thread or three, at once or in pieces: the same bits") {
    const support::Folder folder;
    const Set train = task(100, 1), validation = task(40, 2);
    M a{Seed{1}}, b{Seed{1}}, c{Seed{1}}, d{Seed{9}};
    auto options = quiet(6);
    options.validation = &validation;
    trainer_of(a).fit(train, options);
    trainer_of(b, 3).fit(train, options);
    CHECK(equal(a, b));
    options.epochs = 3;
    options.checkpoint = folder / "half.safetensors";
    trainer_of(c).fit(train, options);
    auto trainer = trainer_of(d);
    trainer.resume(options.checkpoint);
    options.epochs = 6;
    trainer.fit(train, options);
    CHECK(equal(a, d));
    CHECK(trainer.history().epochs.size() == 6);
}

TEST_CASE("several yes or no for each sample, and distributions over classes") {
    const Set train = task(320, 1, true);
    M m{Seed{1}};
    auto trainer = trainer_of<BinaryCrossEntropy>(m);
    trainer.fit(train, quiet(40));
    const std::vector<float> y = trainer.predict(train);
    int right = 0;
    for (long i = 0; i < train.size(); ++i) {
        float t[2];
        train.copy_target(i, t);
        for (int k = 0; k < 2; ++k) right += (y[static_cast<std::size_t>(2 * i + k)] > 0) == (t[k] > 0);
    }
    CHECK(right > 0.93 * 640);

    std::vector<float> x, p;
    for (int i = 0; i < 90; ++i) {
        for (int k = 0; k < 3; ++k) x.push_back(k == i % 3 ? 1.f : 0.f);
        p.insert(p.end(), {i % 3 == 0 ? 0.9f : 0.2f, i % 3 == 0 ? 0.1f : 0.8f});
    }
    M soft{Seed{2}};
    auto by_distribution = trainer_of<SoftCrossEntropy>(soft);
    by_distribution.fit(Set(x, p), quiet(60));
    const std::vector<std::int32_t> classes = by_distribution.predict(Set(x, p));
    int wrong = 0;
    for (std::size_t i = 0; i < 90; ++i) wrong += classes[i] != (i % 3 != 0);
    CHECK(wrong == 0);
}

TEST_CASE("a target that is not a number stops it, with the model of the epoch before") {
    M m{Seed{1}};
    const M before = m;
    std::vector<float> x(64 * 3, 0.5f), y(64 * 2, 0.f);
    y[77] = std::numeric_limits<float>::quiet_NaN();
    auto trainer = trainer_of(m);
    CHECK_THROWS_WITH_AS(trainer.fit(Set(x, y), quiet(2)), doctest::Contains("the loss is not a number"), DataError);
    CHECK(equal(m, before));
}

}  // namespace
}  // namespace strata::test
