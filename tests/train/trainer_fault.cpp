// SPDX-License-Identifier: BSL-1.0
#include <strata/train/trainer_fault.hpp>

#include <doctest/doctest.h>

#include <strata/data/augment.hpp>
#include <strata/data/dataset.hpp>
#include <strata/data/tensor_dataset.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/bce.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/loss/mse.hpp>
#include <strata/optim/adam.hpp>
#include <strata/train/trainer.hpp>

namespace strata::test {

using M = Model<Sequential<Dense<3>>, Shape<2>>;
template <class Loss, class Set>
using Of = detail::DataFault<M, Loss, Set>;

// What fits.
static_assert(std::is_same_v<Of<CrossEntropy, data::Dataset<Shape<2>, 3>>, NoFault> && std::is_same_v<Of<CrossEntropy, data::Dataset<Shape<2>, 2>>, NoFault>);
static_assert(std::is_same_v<Of<MeanSquaredError, data::TensorDataset<Shape<2>, Shape<3>>>, NoFault>);
static_assert(std::is_same_v<Of<SoftCrossEntropy, data::TensorDataset<Shape<2>, Shape<3>>>, NoFault>);
static_assert(std::is_same_v<detail::TrainerFault<M, MeanSquaredError, Adam, 8, ConstantRate>, NoFault>);
// What does not; tests/fail shows the words of each.
static_assert(std::is_same_v<Of<CrossEntropy, data::Dataset<Shape<3>, 3>>, SamplesDoNotFit<Shape<3>, Shape<2>>>);
static_assert(std::is_same_v<Of<MeanSquaredError, data::TensorDataset<Shape<3>, Shape<3>>>, SamplesDoNotFit<Shape<3>, Shape<2>>>);
struct Counts {
    template <class Output>
    struct Target {
        using Sample = Output;
        template <class Real>
        using Element = std::int32_t;
    };
};
static_assert(std::is_same_v<Of<Counts, data::TensorDataset<Shape<2>, Shape<3>>>, TargetElementsDoNotFit<Counts, float, std::int32_t>>);
static_assert(std::is_same_v<detail::TrainerFault<Model<Sequential<Dense<3>>, Shape<2>, Host, Precision<double>>, MeanSquaredError, Adam, 8, ConstantRate>, DataIsOfFloats<double>>);

// What fit takes: data sets on the host; options; an augmentation, callbacks.
using Clouds = data::Dataset<Shape<2>, 3>;
static_assert(detail::TrainingSet<Clouds> && detail::TrainingSet<data::TensorDataset<Shape<2>, Shape<3>>> && !detail::TrainingSet<std::vector<float>>);
using Look = OnEpochEnd<void (*)(const EpochRecord&)>;
static_assert(detail::fit_takes<Clouds, FitOptions<Clouds>> && detail::fit_takes<Clouds, FitOptions<Clouds>, Look&, const Look> == Callback<const Look>);
static_assert(detail::fit_takes<Clouds, FitOptions<Clouds>, data::NoAugmentation, Look&> && detail::fit_takes<Clouds, FitOptions<Clouds>, data::RandomFlip<Shape<1, 1, 2>>&>);
static_assert(!detail::fit_takes<Clouds, int> && !detail::fit_takes<Clouds, FitOptions<Clouds>, Look, data::NoAugmentation>);
// What a step is made of.
static_assert(detail::makes_step<M, Adam, M&, Adam, Seed> && !detail::makes_step<M, Adam, const M&, Adam, Seed> && !detail::makes_step<M, Adam, M, Adam, Seed>);
static_assert(std::is_same_v<detail::VariableFault<M, M&>, NoFault> && std::is_same_v<detail::VariableFault<M, const M&>, ModelIsNoVariable<M>>);

TEST_CASE("a fit without options, and a validation set of either constness") {
    const Clouds set(std::vector<float>{0, 1, 1, 0, 1, 1}, {0, 1, 2});
    Clouds other = set;
    M model(Seed{1});
    Trainer trainer{model, CrossEntropy{}, Adam{}, batch<4>};
    CHECK(trainer.fit(set, {.epochs = 1, .validation = &other, .progress = {.silent = true}}).epochs.size() == 1);
    FitOptions<Clouds> options{.epochs = 2};
    CHECK(options.validation == nullptr);
    options.validation = &set;
    CHECK(options.validation->size() == 3);
    CHECK(trainer.fit(set).epochs.size() == 4);
}

TEST_CASE("which losses take labels") {
    CHECK(detail::takes_labels<M, CrossEntropy>);
    CHECK_FALSE(detail::takes_labels<M, SoftCrossEntropy>);
    CHECK_FALSE(detail::takes_labels<M, MeanSquaredError>);
}

}  // namespace strata::test
