// SPDX-License-Identifier: BSL-1.0
/// Losses held to golden numbers: value and gradient by every score.
#pragma once

#include <string>
#include <vector>

#include <strata/layer/dense.hpp>
#include <strata/optim/sgd.hpp>

#include "training.hpp"

namespace strata::test {

/// A net whose parameters are the scores themselves: row i of the weight comes out for the i-th unit vector, so that the weight's
/// gradient is the loss's gradient by each score.
template <class Loss, class Real, int Samples, int Classes, int Capacity = Samples>
struct Scores {
    using M = Model<Dense<Classes, Zeros, NoBias>, Shape<Samples>, Here, Precision<Real>>;
    using Step = TrainingStep<M, Loss, Sgd, Capacity>;
    M model;
    Step step{model, Sgd{0.0}, Seed{1}};

    Real loss(const std::vector<double>& scores, const std::vector<double>& targets) {
        std::vector<Real> unit(Samples * Samples);
        for (int i = 0; i < Samples; ++i) unit[static_cast<std::size_t>(i * Samples + i)] = 1;
        for (std::size_t k = 0; k < scores.size(); ++k) model.parameters()[k] = static_cast<Real>(scores[k]);
        const std::vector<typename Step::Target> t(targets.begin(), targets.end());
        return step.run(unit.data(), t.data(), Samples);
    }
};

/// A golden case: the loss, and its gradient times the golden upstream gradient.
template <class Loss, class Real, int Samples, int Classes, int Capacity = Samples>
void check_golden_loss(const Golden& golden, const std::string& name, const std::vector<double>& targets, double tolerance) {
    CAPTURE(name);
    Scores<Loss, Real, Samples, Classes, Capacity> net;
    const auto& wanted = golden.values(name + ".y");
    const Real loss = net.loss(golden.values(name + ".x0"), targets);
    CHECK(relative_distance(&loss, wanted) <= tolerance);
    std::vector<Real> gradient;
    for (long k = 0; k < Samples * Classes; ++k) gradient.push_back(static_cast<Real>(golden.values(name + ".dy")[0]) * net.step.gradients()[k]);
    CHECK(relative_distance(gradient.data(), golden.values(name + ".dx0")) <= tolerance);
}
/// In float and in double; there with room for more samples than there are.
template <class Loss, int Samples, int Classes>
void check_golden_losses(const Golden& golden, const std::string& name, const std::vector<double>& targets) {
    check_golden_loss<Loss, float, Samples, Classes>(golden, name, targets, 1e-6);
    check_golden_loss<Loss, double, Samples, Classes, 9>(golden, name, targets, 1e-13);
}

}  // namespace strata::test
