// SPDX-License-Identifier: BSL-1.0
// What a user does to weights and settings: between fits, in callbacks, and through checkpoints.
#include <strata/train/trainer.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>

#include <strata/optim/clip.hpp>
#include <strata/optim/schedule.hpp>

#include "../support/clouds.hpp"
#include "../support/folder.hpp"

namespace strata::test {
namespace {

using support::contains;
using support::error_of;
using support::Folder;

constexpr float mark = 0.125f;
/// Sets the first weight of a model at any place, or tells it.
void set_first(CloudModel& m, float to) {
    CloudModel::OnHost host(m);
    host.parameters()[0] = to;
    m = CloudModel(host);
}
float first(const CloudModel& m) { return strata::on_host(m).parameters()[0]; }

/// Labels that nobody can learn by heart in time: the best epoch is an early one.
Clouds noise() {
    std::vector<float> x;
    std::vector<std::int32_t> label;
    for (int i = 0; i < 60; ++i) {
        for (int k = 0; k < 4; ++k) x.push_back(Philox::uniform(3, 9, static_cast<std::uint64_t>(4 * i + k)));
        label.push_back(i % 3);
    }
    return {x, label};
}
FitOptions<Clouds> watched(int epochs, const Clouds& validation) {
    auto o = quiet(epochs);
    o.validation = &validation;
    return o;
}

TEST_CASE("weights that were changed between two fits are not undone by what the first found best") {
    const Clouds train = clouds(96, 1), validation = noise();
    CloudModel m{Seed{1}};
    auto trainer = trainer_of(m);
    trainer.fit(train, watched(12, validation));
    trainer.training_step().optimiser().rate = 0;
    const CloudModel other{Seed{77}};
    for (int part = 0; part < 2; ++part) {  // after a fit that put the best weights back, and after one that changed nothing
        CAPTURE(part);
        m = part == 0 ? other : m;
        set_first(m, mark);
        const CloudModel given = m;
        trainer.fit(train, watched(14 + 2 * part, validation));
        CHECK(equal(m, given));
    }
    CHECK(trainer.fit(train, quiet(17)).epochs.size() == 1);  // one without validation in between forgets no change
    set_first(m, -mark);
    trainer.fit(train, quiet(18));
    trainer.fit(train, watched(19, validation));
    CHECK(first(m) == -mark);
    m = other;
    trainer.fit(train, watched(19, validation));  // no epoch is left
    CHECK(equal(m, other));
}

TEST_CASE("after an error the weights that it left are nobody else's; other ones are") {
    const Clouds train = clouds(96, 1), validation = noise();
    CloudModel m{Seed{1}}, straight{Seed{1}};
    auto trainer = trainer_of(m);
    OnEpochEnd fails{[](const EpochRecord& e) {
        if (e.epoch == 9) throw std::runtime_error("no");
    }};
    CHECK_THROWS_AS(trainer.fit(train, watched(12, validation), fails), std::runtime_error);
    trainer.fit(train, watched(12, validation));
    trainer_of(straight).fit(train, watched(12, validation));
    CHECK(equal(m, straight));
    trainer.training_step().optimiser().rate = 0;
    CHECK_THROWS_AS(trainer.fit(train, watched(14, validation), OnEpochEnd{[](const EpochRecord&) { throw std::runtime_error("no"); }}), std::runtime_error);
    set_first(m, mark);
    trainer.fit(train, watched(15, validation));
    CHECK(first(m) == mark);
}

TEST_CASE("a checkpoint of changed weights knows that they are, also before the next fit") {
    const Folder folder;
    const Clouds train = clouds(96, 1), validation = noise();
    for (const bool fits : {false, true}) {
        CAPTURE(fits);
        CloudModel m{Seed{1}}, later{Seed{2}};
        auto trainer = trainer_of(m);
        trainer.fit(train, watched(12, validation));
        trainer.training_step().optimiser().rate = 0;
        set_first(m, mark);
        if (fits) trainer.fit(train, watched(13, validation));
        trainer.save_checkpoint(folder / "checkpoint");
        auto resumed = trainer_of(later);
        resumed.resume(folder / "checkpoint");
        CHECK(first(later) == mark);
        resumed.fit(train, watched(15, validation));
        CHECK(first(later) == mark);
        set_first(later, -mark);  // and who resumes may change them again
        resumed.fit(train, watched(16, validation));
        CHECK(first(later) == -mark);
    }
}

TEST_CASE("what a callback does to the weights is in the best ones, in the checkpoint, and in what training goes back to") {
    const Folder folder;
    const Clouds train = clouds(96, 1), validation = noise();
    CloudModel m{Seed{1}}, kept{Seed{2}};
    auto trainer = trainer_of(m);
    auto options = watched(12, validation);
    options.checkpoint = folder / "checkpoint";
    const auto masks = [&](const EpochRecord& e) {
        set_first(m, 0);
        if (e.epoch == 4) trainer.save_checkpoint(folder / "own");
    };
    OnEpochEnd mask{masks};
    trainer.fit(train, options, mask);
    CHECK(first(m) == 0);
    for (const char* before : {"", "best/"}) {
        io::read_parts(kept, io::SafetensorsFile(options.checkpoint), before);
        CHECK(first(kept) == 0);
    }
    auto resumed = trainer_of(kept);
    resumed.resume(folder / "own");
    resumed.fit(train, watched(12, validation), OnEpochEnd{[&](const EpochRecord&) { set_first(kept, 0); }});
    CHECK(equal(kept, m));
    trainer.training_step().optimiser().rate = 1e30;  // the next epoch is none
    CHECK_FALSE(error_of([&] { trainer.fit(train, watched(13, validation)); }) == "no error");
    CHECK(first(m) == 0);
}

TEST_CASE("a callback that throws, or stops, has its epoch's checkpoint written; one that leaves no numbers is told") {
    const Folder folder;
    const Clouds train = clouds(64, 1);
    auto options = quiet(4);
    options.checkpoint = folder / "checkpoint";
    for (const bool stops : {false, true}) {
        CAPTURE(stops);
        CloudModel m{Seed{1}}, kept{Seed{2}};
        auto trainer = trainer_of(m);
        OnEpochEnd ends{[&](const EpochRecord& e) {
            if (e.epoch < 2) return true;
            set_first(m, mark);
            if (!stops) throw std::runtime_error("own");
            return false;
        }};
        if (stops)
            CHECK(trainer.fit(train, options, ends).epochs.size() == 2);
        else
            CHECK_THROWS_WITH_AS(trainer.fit(train, options, ends), "own", std::runtime_error);
        auto resumed = trainer_of(kept);
        resumed.resume(options.checkpoint);
        CHECK(resumed.epoch() == 2);
        CHECK((equal(kept, m) && first(kept) == mark));
    }
    CloudModel m{Seed{1}}, straight{Seed{1}}, kept{Seed{2}};
    auto trainer = trainer_of(m);
    const std::string text = error_of([&] { trainer.fit(train, options, OnEpochEnd{[&](const EpochRecord&) { set_first(m, std::numeric_limits<float>::infinity()); }}); });
    CHECK(text == "strata: 0.weight has a number that is infinite or not one after the callbacks of epoch 1; look at what they do to the model (it has the weights from before them)");
    trainer_of(straight).fit(train, quiet(1));
    io::read_parts(kept, io::SafetensorsFile(options.checkpoint));
    CHECK((trainer.epoch() == 1 && equal(m, straight) && equal(kept, straight)));
}

TEST_CASE("a rate that was changed in training goes through a checkpoint: the same bits, under a clipped norm and a schedule too") {
    const Folder folder;
    const Clouds train = clouds(96, 1);
    using Optimiser = Clipped<Adam>;
    const auto trainer_on = [](CloudModel& m, double rate) {
        return Trainer<CloudModel, CrossEntropy, Optimiser, 32, StepDecay>(m, CrossEntropy{}, clip(Adam{.rate = rate}, 0.5), batch<32>, StepDecay{.every = 7, .factor = 0.5},
                                                                           TrainerOptions{Seed{5}, 1});
    };
    const auto halves = [](auto& trainer) {
        return OnEpochEnd{[&trainer](const EpochRecord& e) {
            if (e.epoch > 4) return;
            trainer.training_step().optimiser().rate /= 2;
            trainer.training_step().optimiser().norm = 0.1;
        }};
    };
    CloudModel whole{Seed{1}}, a{Seed{1}}, b{Seed{2}};
    auto at_once = trainer_on(whole, 1e-2);
    at_once.fit(train, quiet(6), halves(at_once));
    auto earlier = trainer_on(a, 1e-2);
    auto options = quiet(3);
    options.checkpoint = folder / "checkpoint";
    earlier.fit(train, options, halves(earlier));
    auto later = trainer_on(b, 1e-2);
    later.resume(options.checkpoint);
    CHECK(later.training_step().optimiser().rate == 1e-2 / 8);
    CHECK(later.training_step().optimiser().norm == 0.1);
    later.fit(train, quiet(6), halves(later));
    CHECK(equal(whole, b));
    later.resume(options.checkpoint);
    later.training_step().optimiser().rate = 1e-4;  // after the resume it is the user's again
    CHECK(later.fit(train, quiet(4)).epochs[0].rate == doctest::Approx(1e-4 * 0.5));
}

TEST_CASE("an older checkpoint has no settings, and leaves those that the trainer has; others, or bad ones, are refused and change nothing") {
    const Folder folder;
    CloudModel m{Seed{1}};
    auto trainer = trainer_of(m);
    trainer.training_step().optimiser().rate = 0.5;
    trainer.save_checkpoint(folder / "file");
    const io::SafetensorsFile file(folder / "file");
    const auto resumed = [&](std::optional<std::string> settings) {
        io::Metadata metadata = file.metadata();
        if (settings)
            metadata["strata.settings"] = *settings;
        else
            metadata.erase("strata.settings");
        io::write_safetensors(folder / "other", file.tensors(), metadata);
        CloudModel other{Seed{2}};
        const CloudModel before = other;
        auto fresh = trainer_of(other);
        const std::string text = error_of([&] { fresh.resume(folder / "other"); });
        CHECK(fresh.training_step().optimiser().rate == 1e-2);
        CHECK(equal(other, before) == (text != "no error"));
        return text;
    };
    CHECK(resumed({}) == "no error");
    CHECK(contains(resumed("rate,0.5\n"), "has settings of its optimiser that Adam has not here; resume with the optimiser as it was"));
    CHECK(contains(resumed("rate,0.5\nbeta1,0.9\nbeta2,0.999\nsize,1\n"), "has settings of its optimiser that Adam has not here"));
    CHECK(contains(resumed("rate,-0.5\nbeta1,0.9\nbeta2,0.999\nepsilon,1e-8\n"), "has a setting that training cannot work with: the optimiser's rate is -0.5; give 0 or more"));
    CHECK(contains(resumed("rate,x\n"), "has a setting \"rate,x\" in its metadata that is no name with a number"));
}

TEST_CASE("a setting that was made a bad one by hand is told before it is used: in a step, where a fit begins, and in the middle of one") {
    const Clouds train = clouds(64, 1);
    CloudModel m{Seed{1}};
    auto trainer = trainer_of(m);
    double& rate = trainer.training_step().optimiser().rate;
    const std::vector<float> x(4);
    const std::vector<std::int32_t> label(1);
    const CloudModel before = m;
    for (const auto& [bad, said] : {std::pair(-0.1, "strata: the optimiser's rate is -0.1; give 0 or more"), std::pair(std::numeric_limits<double>::quiet_NaN(), "strata: the optimiser's rate is nan; give 0 or more")}) {
        rate = bad;
        CHECK(error_of([&] { trainer.step(x.data(), label.data(), 1); }) == said);
        CHECK(error_of([&] { trainer.training_step()(std::span(x), std::span(label)); }) == said);
        CHECK(error_of([&] { trainer.fit(train, quiet(1)); }) == said);
        CHECK((equal(m, before) && trainer.epoch() == 0 && trainer.training_step().steps() == 0));
    }
    rate = 1e-2;
    CHECK(error_of([&] { trainer.fit(train, quiet(3), OnEpochEnd{[&](const EpochRecord&) { rate = -1; }}); }) == "strata: the optimiser's rate is -1; give 0 or more");
    CHECK((trainer.epoch() == 1 && trainer.training_step().steps() == 2));
}

TEST_CASE("a fit that has nothing left to do says so, where progress is shown") {
    const Folder folder;
    const Clouds train = clouds(64, 1);
    CloudModel m{Seed{1}};
    auto trainer = trainer_of(m);
    trainer.fit(train, quiet(5));
    std::FILE* out = std::fopen((folder / "said").c_str(), "w");
    REQUIRE(out != nullptr);
    auto options = quiet(5);
    options.progress.out = out;
    trainer.fit(train, options);
    options.progress.silent = false;
    CHECK(trainer.fit(train, options).epochs.empty());
    std::fclose(out);
    CHECK(support::read(folder / "said") ==
          "no epoch is left to train: 5 are done, with those of earlier fits and of a resume, and 5 were asked for; give more in FitOptions::epochs, or begin anew with another trainer\n");
}

}  // namespace
}  // namespace strata::test
