// SPDX-License-Identifier: BSL-1.0
#include <strata/train/trainer.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "../support/clouds.hpp"
#include "../support/folder.hpp"

namespace st = strata;

using namespace strata::test;
using support::Folder;
using Set = Clouds;
using Model = CloudModel;

TEST_CASE("fit learns, records every epoch and keeps the best weights") {
    const Set train = clouds(301, 1), validation = clouds(90, 2);
    Model m{st::Seed{1}};
    auto trainer = trainer_of(m);
    auto options = quiet(6);
    options.validation = &validation;
    int calls = 0;
    st::OnEpochEnd count{[&](const st::EpochRecord&) { ++calls; }};
    const st::History h = trainer.fit(train, options, st::data::NoAugmentation{}, count);
    REQUIRE(h.epochs.size() == 6);
    CHECK(calls == 6);
    CHECK(h.step_losses.size() == 6 * 10);
    CHECK(h.epochs.back().loss < 0.5 * h.epochs.front().loss);
    double best = 0;
    for (const auto& e : h.epochs) best = std::max(best, e.validation_accuracy.value());
    const auto e = trainer.evaluate(validation);
    CHECK(e.accuracy() == doctest::Approx(best));
    CHECK(e.samples == 90);
    CHECK(e.accuracy() > 0.95);
}

TEST_CASE("callbacks may be temporaries, and come without an augmentation") {
    const Set train = clouds(64, 1);
    Model m{st::Seed{1}};
    int calls = 0, more = 0;
    st::OnEpochEnd stop{[&](const st::EpochRecord& e) { return ++calls, e.epoch < 2; }};
    trainer_of(m).fit(train, quiet(4), stop, st::OnEpochEnd{[&](const st::EpochRecord&) { ++more; }});
    CHECK(calls == 2);
    CHECK(more == 2);
    trainer_of(m).fit(train, quiet(1), st::data::NoAugmentation{}, st::OnEpochEnd{[&](const st::EpochRecord&) { ++more; }});
    CHECK(more == 3);
}

TEST_CASE("an evaluation counts, sample by sample, the class of the highest score") {
    const Set train = clouds(64, 1), validation = clouds(77, 2);
    Model m{st::Seed{1}};
    auto trainer = trainer_of(m);
    trainer.fit(train, quiet(1));
    st::Session<Model, 77> session(m);
    std::vector<float> x(77 * 4), y(77 * 3);
    std::vector<std::int32_t> label;
    for (long i = 0; i < 77; ++i) {
        validation.copy_sample(i, &x[static_cast<std::size_t>(4 * i)]);
        label.push_back(validation.label(i));
    }
    session.run(x.data(), 77, y.data());
    st::ConfusionMatrix<3> wanted;
    double loss = 0;
    for (std::size_t i = 0; i < 77; ++i) {
        const float* score = &y[3 * i];
        wanted.add(label[i], std::max_element(score, score + 3) - score);
        loss += (std::log(std::exp(score[0]) + std::exp(score[1]) + std::exp(score[2])) - score[label[i]]) / 77;
    }
    const auto e = trainer.evaluate(validation);
    CHECK(e.confusion == wanted);
    CHECK(e.accuracy() < 1);
    CHECK(e.accuracy() == doctest::Approx(st::top_k_accuracy(y, label, 1)));
    CHECK(e.loss == doctest::Approx(loss));
}

TEST_CASE("the same seed gives the same bits for any number of threads, another seed other weights") {
    const Set train = clouds(200, 1);
    Model a{st::Seed{1}}, b{st::Seed{1}}, c{st::Seed{1}}, d{st::Seed{1}};
    trainer_of(a, 1).fit(train, quiet(2));
    trainer_of(b, 2).fit(train, quiet(2));
    trainer_of(c, 3).fit(train, quiet(2));
    trainer_of(d, 1, 6).fit(train, quiet(2));
    CHECK(equal(a, b));
    CHECK(equal(a, c));
    CHECK_FALSE(equal(a, d));
}

TEST_CASE("a batch may be smaller than the capacity, and no larger") {
    const Set train = clouds(100, 1);
    Model a{st::Seed{1}}, b{st::Seed{1}};
    auto options = quiet(2);
    options.batch = 8;
    const st::History h = trainer_of(a).fit(train, options);
    CHECK(h.step_losses.size() == 2 * 13);
    const st::History other = st::Trainer<Model, st::CrossEntropy, st::Adam, 8>(b, st::CrossEntropy{}, st::Adam{.rate = 1e-2}, st::batch<8>, st::TrainerOptions{st::Seed{5}, 1})
                                  .fit(train, quiet(2));
    REQUIRE(other.step_losses.size() == h.step_losses.size());
    for (std::size_t i = 0; i < h.step_losses.size(); ++i) CHECK(h.step_losses[i] == doctest::Approx(other.step_losses[i]).epsilon(1e-4));
    options.batch = 33;
    CHECK_THROWS_WITH_AS(trainer_of(a).fit(train, options), doctest::Contains("batches of 33 samples has a capacity of 32"), st::DataError);
}

TEST_CASE("training resumed from a checkpoint gives the same bits") {
    const Folder folder;
    const Set train = clouds(200, 1);
    Model whole{st::Seed{1}}, first{st::Seed{1}}, second{st::Seed{99}};
    trainer_of(whole).fit(train, quiet(4));
    auto half = quiet(2);
    half.checkpoint = folder / "checkpoint.safetensors";
    trainer_of(first).fit(train, half);
    auto trainer = trainer_of(second);
    trainer.resume(half.checkpoint);
    CHECK(trainer.epoch() == 2);
    trainer.fit(train, quiet(4));
    CHECK(equal(whole, second));
}

TEST_CASE("what validation has found goes on too: training in pieces gives the bits, the best weights and the history of training at once") {
    const Folder folder;
    // Labels that nobody can learn by heart in time: the best epoch lies before the last.
    const Set train = clouds(96, 1);
    std::vector<float> x;
    std::vector<std::int32_t> label;
    for (int i = 0; i < 60; ++i) {
        for (int k = 0; k < 4; ++k) x.push_back(st::Philox::uniform(3, 9, static_cast<std::uint64_t>(4 * i + k)));
        label.push_back(i % 3);
    }
    const Set validation(x, label);
    const auto options = [&](int epochs) {
        auto o = quiet(epochs);
        o.validation = &validation;
        o.checkpoint = folder / "checkpoint";
        return o;
    };
    Model whole{st::Seed{1}};
    auto at_once = trainer_of(whole);
    const st::History h = at_once.fit(train, options(12));
    int best = 0;
    for (int i = 0; i < 12; ++i)
        if (h.epochs[static_cast<std::size_t>(i)].validation_accuracy > h.epochs[static_cast<std::size_t>(best)].validation_accuracy) best = i;
    REQUIRE(best < 9);  // else this test shows nothing
    REQUIRE(best > 0);
    for (const int first : {best, best + 1, 10, 12}) {
        Model a{st::Seed{1}}, b{st::Seed{99}};
        auto earlier = trainer_of(a);
        earlier.fit(train, options(first));
        auto later = trainer_of(b);
        later.resume(folder / "checkpoint");
        const st::History own = later.fit(train, options(12));
        CHECK(equal(whole, b));
        CHECK(own.epochs.size() == static_cast<std::size_t>(12 - first));
        REQUIRE(later.history().epochs.size() == 12);
        for (std::size_t i = 0; i < 12; ++i) CHECK(later.history().epochs[i].loss == h.epochs[i].loss);
        earlier.save_checkpoint(folder / "checkpoint");  // the model has the best weights now, the file those of the last epoch
        earlier.fit(train, options(12));
        CHECK(equal(whole, a));
    }
}

TEST_CASE("what a user puts into the model between two fits is what the second begins with") {
    const Set train = clouds(64, 1), validation = clouds(30, 2);
    Model m{st::Seed{1}};
    auto trainer = trainer_of(m);
    auto options = quiet(3);
    options.validation = &validation;
    trainer.fit(train, options);
    const Model other{st::Seed{77}};
    m = other;
    options.epochs = 3;  // none is left
    options.keep_best = false;
    trainer.fit(train, options);
    CHECK(equal(m, other));
}

TEST_CASE("a fit without a validation set ends with its last weights, whatever an earlier one found best") {
    const Set train = clouds(64, 1), validation = clouds(30, 2);
    Model m{st::Seed{1}}, straight{st::Seed{1}};
    auto trainer = trainer_of(m);
    auto options = quiet(8);
    options.validation = &validation;
    trainer.fit(train, options);
    trainer.fit(train, quiet(20));
    trainer_of(straight).fit(train, quiet(20));
    CHECK(equal(m, straight));
}

TEST_CASE("patience that ran out, was asked again and went through a checkpoint waits as long as without one") {
    const Folder folder;
    const Set train = clouds(64, 1), validation = clouds(30, 2);
    auto options = quiet(60);
    options.patience = 4;
    options.validation = &validation;
    Model m{st::Seed{1}}, a{st::Seed{1}}, b{st::Seed{2}};
    auto whole = trainer_of(m);
    const long once = static_cast<long>(whole.fit(train, options).epochs.size());
    whole.fit(train, options);
    REQUIRE(whole.epoch() > once + 1);
    REQUIRE(whole.epoch() < 60);
    auto first = trainer_of(a);
    first.fit(train, options);
    options.checkpoint = folder / "checkpoint";
    options.epochs = static_cast<int>(once) + 1;
    first.fit(train, options);
    auto second = trainer_of(b);
    second.resume(folder / "checkpoint");
    options.epochs = 60;
    second.fit(train, options);
    CHECK(second.epoch() == whole.epoch());
    CHECK(equal(b, m));
}

TEST_CASE("patience goes on after a resume, and needs a validation set") {
    const Folder folder;
    const Set train = clouds(64, 1), validation = clouds(30, 2);
    auto options = quiet(60);
    options.patience = 4;
    Model m{st::Seed{1}};
    CHECK_THROWS_WITH_AS(trainer_of(m).fit(train, options), doctest::Contains("patience 4 without a validation set"), st::DataError);
    options.validation = &validation;
    const std::size_t all = trainer_of(m).fit(train, options).epochs.size();
    REQUIRE(all < 60);
    REQUIRE(all > 5);
    options.checkpoint = folder / "checkpoint";
    options.epochs = static_cast<int>(all) - 2;
    Model a{st::Seed{1}}, b{st::Seed{2}};
    trainer_of(a).fit(train, options);
    auto later = trainer_of(b);
    later.resume(folder / "checkpoint");
    options.epochs = 60;
    CHECK(later.fit(train, options).epochs.size() == 2);
    CHECK(equal(m, b));
}

TEST_CASE("a fit with nothing left to do leaves the best weights where they are") {
    const Set train = clouds(64, 1), validation = clouds(30, 2);
    Model m{st::Seed{1}};
    auto trainer = trainer_of(m);
    auto options = quiet(12);
    options.validation = &validation;
    trainer.fit(train, options);
    const Model best = m;
    CHECK(trainer.fit(train, quiet(12)).epochs.empty());
    CHECK(trainer.fit(train, quiet(-1)).epochs.empty());
    CHECK(equal(m, best));
    CHECK(trainer.history().epochs[3].steps == 2);
}

TEST_CASE("an epoch is done before its checkpoint or a callback fails") {
    const Set train = clouds(64, 1);
    Model m{st::Seed{1}}, whole{st::Seed{1}};
    auto trainer = trainer_of(m);
    st::OnEpochEnd fails{[](const st::EpochRecord& e) {
        if (e.epoch == 2) throw st::DataError("no");
    }};
    CHECK_THROWS_AS(trainer.fit(train, quiet(4), st::data::NoAugmentation{}, fails), st::DataError);
    CHECK(trainer.epoch() == 2);
    CHECK(trainer.history().epochs.size() == 2);
    trainer.fit(train, quiet(4));
    trainer_of(whole).fit(train, quiet(4));
    CHECK(equal(whole, m));
}

TEST_CASE("predictions are those that an evaluation counts") {
    const Set train = clouds(64, 1), validation = clouds(77, 2);
    Model m{st::Seed{1}};
    auto trainer = trainer_of(m);
    trainer.fit(train, quiet(1));
    const std::vector<std::int32_t> predicted = trainer.predict(validation);
    REQUIRE(predicted.size() == 77);
    st::ConfusionMatrix<3> counted;
    for (int i = 0; i < 77; ++i) counted.add(validation.label(i), predicted[static_cast<std::size_t>(i)]);
    CHECK(counted == trainer.evaluate(validation).confusion);
}

TEST_CASE("a checkpoint that does not fit changes nothing and says why") {
    const Folder folder;
    Model m{st::Seed{1}};
    trainer_of(m).save_checkpoint(folder / "a");
    Model other{st::Seed{2}};
    const Model before = other;
    auto wrong_seed = trainer_of(other, 1, 7);
    CHECK_THROWS_WITH_AS(wrong_seed.resume(folder / "a"), doctest::Contains("seed 5"), st::FileError);
    st::save(m, folder / "weights");
    auto trainer = trainer_of(other);
    CHECK_THROWS_WITH_AS(trainer.resume(folder / "weights"), doctest::Contains("is no checkpoint"), st::FileError);
    CHECK_THROWS_AS(trainer.resume(folder / "absent"), st::FileError);
    CHECK(equal(before, other));
}

TEST_CASE("a loss that is not a number ends training with the last good weights") {
    std::vector<float> x(4 * 40, 0.25f);
    x[4 * 20] = std::numeric_limits<float>::quiet_NaN();
    std::vector<std::int32_t> label(40, 1);
    Model m{st::Seed{1}};
    const Model before = m;
    auto trainer = trainer_of(m);
    try {
        trainer.fit(Set(x, label), quiet(2));
        FAIL("NaN went unnoticed");
    } catch (const st::DataError& e) {
        CHECK(std::string(e.what()).find("not a number") != std::string::npos);
        CHECK(std::string(e.what()).find("epoch 1") != std::string::npos);
    }
    CHECK(equal(m, before));
}

TEST_CASE("early stopping ends fit; a callback may too") {
    const Set train = clouds(64, 1), validation = clouds(30, 2);
    Model m{st::Seed{1}};
    auto options = quiet(200);
    options.validation = &validation;
    options.patience = 3;
    CHECK(trainer_of(m).fit(train, options).epochs.size() < 100);
    Model n{st::Seed{1}};
    st::OnEpochEnd two{[](const st::EpochRecord& e) { return e.epoch < 2; }};
    CHECK(trainer_of(n).fit(train, quiet(9), st::data::NoAugmentation{}, two).epochs.size() == 2);
}

TEST_CASE("a step refuses a count that its batch cannot hold") {
    Model m{st::Seed{1}};
    auto trainer = trainer_of(m);
    const std::vector<float> x(33 * 4);
    const std::vector<std::int32_t> label(33);
    CHECK_THROWS_WITH_AS(trainer.step(x.data(), label.data(), 33), doctest::Contains("capacity of 32"), st::DataError);
    CHECK_THROWS_AS(trainer.step(x.data(), label.data(), 0), st::DataError);
    CHECK(trainer.step(x.data(), label.data(), 32) > 0);
}

TEST_CASE("a folder that takes no checkpoint ends fit before its first step, with an error that names it") {
    const Set train = clouds(64, 1);
    Model m{st::Seed{1}};
    const Model before = m;
    auto options = quiet(1);
    options.checkpoint = "/proc/strata/none/checkpoint";
    auto trainer = trainer_of(m);
    CHECK_THROWS_WITH_AS(trainer.fit(train, options), doctest::Contains("/proc/strata/none"), st::FileError);
    CHECK(trainer.epoch() == 0);
    CHECK(equal(m, before));
}
