// SPDX-License-Identifier: BSL-1.0
#include <strata/train/evaluation.hpp>

#include <doctest/doctest.h>

#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/cross_entropy.hpp>
#include <strata/loss/mse.hpp>

#include "../support/here.hpp"

namespace strata::test {
namespace {

using M = Model<Sequential<Dense<3>>, Shape<2>, Here>;

TEST_CASE("an evaluation's outputs are those of the model, its loss is their mean error") {
    const M model{Seed{4}};
    EvaluationStep<M, MeanSquaredError, 5> step(model, nullptr);
    const float x[8] = {1, 2, 3, 4, 5, 6, 7, 8}, wanted[12] = {};
    const auto loss = static_cast<double>(step.run(x, wanted, 4));
    Session<M, 4> session(model);
    float y[12];
    session.run(x, 4, y);
    double squares = 0;
    for (int i = 0; i < 12; ++i) {
        CHECK(step.scores()[i] == y[i]);
        squares += static_cast<double>(y[i]) * static_cast<double>(y[i]);
    }
    CHECK(loss == doctest::Approx(squares / 12));
    CHECK(step.predicted() == nullptr);
}

TEST_CASE("where the loss classifies, the class of the highest output comes too") {
    const M model{Seed{4}};
    EvaluationStep<M, CrossEntropy, 2> step(model, nullptr);
    const float x[4] = {1, -2, -3, 4};
    const std::int32_t labels[2] = {0, 2};
    step.run(x, labels, 2);
    for (int i = 0; i < 2; ++i) {
        const float* y = step.scores() + 3 * i;
        for (int k = 0; k < 3; ++k) CHECK(y[step.predicted()[i]] >= y[k]);
    }
}

TEST_CASE("what was found by values, in words") { CHECK(ValueEvaluation{.loss = 0.25, .samples = 8}.text() == "loss 0.2500 on 8 samples\n"); }

}  // namespace
}  // namespace strata::test
