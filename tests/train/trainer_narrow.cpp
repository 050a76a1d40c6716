// SPDX-License-Identifier: BSL-1.0
/// Trainers of models in 16 bits: they learn, and a checkpoint holds the scale of the loss.
#include <strata/train/trainer.hpp>

#include <doctest/doctest.h>

#include <strata/optim/sgd.hpp>

#include "../support/clouds.hpp"
#include "../support/folder.hpp"

namespace strata::test {
namespace {
template <class Stored>
using NarrowModel = Model<CloudModel::Net, CloudModel::Input, Here, Precision<Stored>>;
template <class Optimiser>
auto scaled_trainer(NarrowModel<f16>& m, const Optimiser& optimiser) {
    return Trainer<NarrowModel<f16>, CrossEntropy, Optimiser, 32>(m, CrossEntropy{}, optimiser, batch<32>,
                                                                  TrainerOptions{.seed = Seed{5}, .threads = 1, .scale = {.initial = 0x1p28, .interval = 5}});
}
/// Four epochs, and two with two more from their checkpoint by a trainer that begins otherwise: parameters, scale and steps are the same.
template <class Optimiser>
void check_resumed(const Optimiser& optimiser) {
    const support::Folder folder;
    const Clouds train = clouds(200, 1);
    NarrowModel<f16> whole{Seed{1}}, first{Seed{1}}, second{Seed{99}};
    auto at_once = scaled_trainer(whole, optimiser);
    at_once.fit(train, quiet(4));
    CHECK(at_once.training_step().skipped() > 3);
    auto half = quiet(2);
    half.checkpoint = folder / "checkpoint.safetensors";
    scaled_trainer(first, optimiser).fit(train, half);
    auto resumed = scaled_trainer(second, optimiser);
    resumed.resume(half.checkpoint);
    resumed.fit(train, quiet(4));
    CHECK(equal(whole, second));
    CHECK(resumed.training_step().scale() == at_once.training_step().scale());
    CHECK(resumed.training_step().steps() == at_once.training_step().steps());
    CHECK(resumed.training_step().skipped() == at_once.training_step().skipped());
}
}  // namespace

TEST_CASE("training in f16 resumed from a checkpoint gives the same bits, with moments and without") {
    check_resumed(Adam{.rate = 1e-2});
    check_resumed(Sgd{.rate = 1e-1});
}
TEST_CASE("a trainer of bf16 learns; its checkpoint is that of a model of floats") {
    const support::Folder folder;
    const Clouds train = clouds(301, 1), validation = clouds(90, 2);
    NarrowModel<bf16> m{Seed{1}};
    auto trainer = trainer_of(m);
    trainer.fit(train, quiet(6));
    CHECK(trainer.evaluate(validation).accuracy() > 0.95);
    trainer.save_checkpoint(folder / "a");
    CloudModel wide{Seed{2}};
    trainer_of(wide).resume(folder / "a");
    CHECK(std::memcmp(m.parameters(), wide.parameters(), sizeof(float) * CloudModel::parameter_block()) == 0);
    NarrowModel<f16> half{Seed{2}};
    auto other = scaled_trainer(half, Adam{.rate = 1e-2});
    CHECK_THROWS_WITH_AS(other.resume(folder / "a"), doctest::Contains("optimiser.scale"), FileError);
}

}  // namespace strata::test
