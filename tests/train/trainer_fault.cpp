// SPDX-License-Identifier: BSL-1.0
#include <strata/train/trainer_fault.hpp>

#include <doctest/doctest.h>

#include <strata/data/dataset.hpp>
#include <strata/data/tensor_dataset.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/bce.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/loss/mse.hpp>
#include <strata/optim/adam.hpp>

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
static_assert(std::is_same_v<detail::TrainerFault<Model<Sequential<Dense<3>>, Shape<2>, Host, Precision<double>>, MeanSquaredError, Adam, 8, ConstantRate>, DataIsOfFloats<double>>);

TEST_CASE("which losses take labels") {
    CHECK(detail::takes_labels<M, CrossEntropy>);
    CHECK_FALSE(detail::takes_labels<M, SoftCrossEntropy>);
    CHECK_FALSE(detail::takes_labels<M, MeanSquaredError>);
}

}  // namespace strata::test
