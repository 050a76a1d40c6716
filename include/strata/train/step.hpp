// SPDX-License-Identifier: BSL-1.0
/// One training step as one program: forward, loss, gradients, update.
#pragma once

#include <span>
#include <string>
#include <type_traits>

#include <strata/loss/target.hpp>
#include <strata/model/model.hpp>
#include <strata/optim/schedule.hpp>

namespace strata {

/// Owns what training needs beside the model: gradients, moments, scratch.
template <class M, class Loss, class Optimiser, int B>
class TrainingStep {
  public:
    using Real = typename M::Real;
    using Traced = detail::TrainingTrace<typename M::Net, typename M::Input, B, Loss, Optimiser, Real>;
    using Plan = Program<Traced>;
    using Target = typename Traced::TargetElement;
    static constexpr int capacity = B, kernels = Plan::kernels;

    TrainingStep(M& model, const Optimiser& optimiser, Seed seed, Pool* pool = nullptr)
        : model_(&model), optimiser_(optimiser), seed_(seed), pool_(pool), gradient_(M::parameter_block()),
          moments_(M::parameter_block() * Optimiser::moments), arena_(Plan::plan.arena) {}

    /// x: [count, Input], targets: [count, ...], for as many samples as x holds. `factor` scales the learning rate.
    /// Returns the mean loss before the update.   Throws DataError, and changes nothing, where x is not 1 to B whole samples, or where the
    /// targets are not one for each or a label is no class.
    Real operator()(std::span<const Real> x, std::span<const Target> targets, double factor = 1) {
        const int count = detail::checked_count(x.size(), M::Input::size, B);
        detail::check_size("targets", targets.size(), count * Traced::Target::Sample::size);
        if constexpr (std::is_same_v<typename Traced::Target, Labels>) {
            constexpr int classes = last<typename M::Output>;
            for (std::size_t i = 0; i < targets.size(); ++i)
                if (targets[i] < 0 || targets[i] >= classes)
                    raise<DataError>("strata: label " + std::to_string(targets[i]) + " of sample " + std::to_string(i) + " is none of " + std::to_string(classes) +
                                     " classes; labels count from 0 to " + std::to_string(classes - 1));
        }
        return run(x.data(), targets.data(), count, factor);
    }
    /// The same for callers that know their batch.   Needs: 1 <= count <= B, labels in range, which is not checked.   No allocation, no lock.
    Real run(const Real* x, const Target* targets, int count, double factor = 1) noexcept {
        ++steps_;
        double own[Optimiser::scalars + 1] = {};
        optimiser_.numbers(steps_, own);
        Real scalars[common_scalars + Optimiser::scalars + 1] = {Real(1) / static_cast<Real>(count), static_cast<Real>(optimiser_.rate * factor)};
        for (int i = 0; i < Optimiser::scalars; ++i) scalars[common_scalars + i] = static_cast<Real>(own[i]);
        Real loss = 0;
        Bindings b;
        b.region[static_cast<int>(Region::parameter)] = model_->parameters();
        b.region[static_cast<int>(Region::state)] = model_->states();
        b.region[static_cast<int>(Region::gradient)] = gradient_.data();
        b.region[static_cast<int>(Region::moment)] = moments_.data();
        b.region[static_cast<int>(Region::scalar)] = scalars;
        b.region[static_cast<int>(Region::arena)] = arena_.data();
        b.input[0] = x;
        b.input[1] = targets;
        b.output[1] = &loss;
        HostProgram<Plan>::run(Run{count, seed_.value, static_cast<std::uint64_t>(steps_), pool_}, b);
        return loss;
    }

    long steps() const { return steps_; }
    void set_steps(long steps) { steps_ = steps; }
    Optimiser& optimiser() { return optimiser_; }
    /// The gradients of the last step, laid out as the parameters.
    const Buffer<Real>& gradients() const { return gradient_; }
    Buffer<Real>& moments() { return moments_; }
    const Buffer<Real>& moments() const { return moments_; }
    Seed seed() const { return seed_; }

  private:
    M* model_;
    Optimiser optimiser_;
    Seed seed_;
    Pool* pool_;
    Buffer<Real> gradient_, moments_;
    Buffer<char> arena_;
    long steps_ = 0;
};

}  // namespace strata
