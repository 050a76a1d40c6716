// SPDX-License-Identifier: BSL-1.0
/// The evaluation of a model: the program, and what is found by losses that compare with values.
#pragma once

#include <cstdint>
#include <string>

#include <strata/metric/table.hpp>
#include <strata/model/model.hpp>

namespace strata {

/// What an evaluation by a loss of values found; metric/report.hpp has that of classes.
struct ValueEvaluation {
    double loss = 0;  ///< mean over samples
    std::int64_t samples = 0;
    std::string text(int digits = 4) const { return "loss " + fixed(loss, digits) + " on " + std::to_string(samples) + " samples\n"; }
};

/// The program of inference and loss, with its memory.   B: the capacity of a batch.
template <class M, class Loss, int B>
class EvaluationStep {
  public:
    using Place = typename M::Place;
    using Real = typename M::Real;
    using Traced = detail::EvaluationTrace<typename M::Net, typename M::Input, B, Loss, Real, Place, typename M::Stored>;
    using Plan = Program<Traced>;
    static constexpr int classes = last<typename M::Output>;
    static constexpr detail::BatchFault<M, B> batch_fault{};
    EvaluationStep(const M& model, Pool* pool)
        : model_(&model), runner_(pool, model.place()), scores_(B * M::Output::size), predicted_(Loss::classifies ? B * M::Output::size / classes : 0) {}
    /// Returns the mean loss of a batch.   Needs: 1 <= count <= B.
    Real run(const Real* x, const typename Traced::TargetElement* targets, int count) {
        Bindings b;
        Real loss = 0;
        const Real scalars[common_scalars] = {Real(1) / static_cast<Real>(count), Real(0)};
        b.region[static_cast<int>(Region::parameter)] = const_cast<Real*>(model_->parameters());
        b.region[static_cast<int>(Region::state)] = const_cast<Real*>(model_->states());
        b.region[static_cast<int>(Region::scalar)] = const_cast<Real*>(scalars);
        b.input[0] = x;
        b.input[1] = targets;
        b.output[0] = scores_.data();
        b.output[1] = &loss;
        if constexpr (Loss::classifies) b.output[2] = predicted_.data();
        runner_.run(Run{count, 0, 0, nullptr}, b);
        return loss;
    }
    /// Of the last batch: the model's outputs, and the class of the highest where the loss classifies.
    const Real* scores() const { return scores_.data(); }
    const std::int32_t* predicted() const { return Loss::classifies ? predicted_.data() : nullptr; }

  private:
    const M* model_;
    Runner<Place, Plan> runner_;
    Buffer<Real> scores_;
    Buffer<std::int32_t> predicted_;
};

}  // namespace strata
