// SPDX-License-Identifier: BSL-1.0
/// One training step as one program: forward, loss, gradients, update.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <strata/loss/target.hpp>
#include <strata/model/model.hpp>
#include <strata/optim/schedule.hpp>
#include <strata/train/step_fault.hpp>

namespace strata {

/// Owns what training needs beside the model: gradients, moments, scratch.
template <class M, class Loss, class Optimiser, int B>
class TrainingStep {
  public:
    using Real = typename M::Real;
    using InputElement = typename M::InputElement;
    using Place = typename M::Place;
    template <class At>
    using TracedAt = detail::TrainingTrace<typename M::Net, typename M::Input, B, Loss, Optimiser, Real, At, typename M::Stored>;
    template <class At>
    using PlanAt = Program<TracedAt<At>>;
    using Traced = TracedAt<Place>;
    using Plan = PlanAt<Place>;
    using Target = typename Traced::TargetElement;
    static constexpr int capacity = B, kernels = Plan::kernels;

    /// Whether the loss is scaled: products in f16.
    static constexpr bool scales = Traced::scales;

    /// Throws DataError where a setting of the optimiser, as its rate, is none that it can work with.
    TrainingStep(M& model, const Optimiser& optimiser, Seed seed, Pool* pool = nullptr, const LossScale& scale = {})
        : model_(&model), optimiser_(optimiser), seed_(seed), scale_(scale), gradient_(M::parameter_block(), model.place()), moments_(first_moments(scale, model.place())),
          taken_(unsure ? 2 : 0, model.place()), runner_(pool, model.place()) {
        check_settings(optimiser, "optimiser");
        if constexpr (scales) check_settings(scale, "loss scale");
    }

    /// Refused: a model of another place or type, a constant or temporary one, a seed that is a plain number.
    template <class Given, class... Rest>
        requires(sizeof...(Rest) > 0 && !detail::makes_step<M, Optimiser, Given, Rest...>)
    explicit TrainingStep(Given&&, Rest&&...) : model_(nullptr), optimiser_(none()), seed_() {
        [[maybe_unused]] constexpr typename decltype(detail::arguments_fault<M, Optimiser, Given, Rest...>())::type fault{};
    }

    /// x: [count, Input], targets: [count, ...], for as many samples as x holds. `factor` scales the learning rate.
    /// Returns the mean loss before the update.   Throws DataError, and changes nothing, where x is not 1 to B whole samples, where the
    /// targets are not one for each or a label is no class, or where a setting of the optimiser was made one that it cannot work with.
    Real operator()(std::span<const InputElement> x, std::span<const Target> targets, double factor = 1) {
        check_settings(optimiser_, "optimiser");
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
    /// The same for callers that know their batch.   Needs: 1 <= count <= B, labels and settings in range, which is not checked.   No allocation, no lock.
    Real run(const InputElement* x, const Target* targets, int count, double factor = 1) noexcept(std::is_same_v<Place, Host>) {
        if (unknown_ > 0) finish();
        Real loss = 0, taken = 1;
        const Factors factors = with_batch(x, targets, count, [factor](long) noexcept { return factor; }, &loss, &taken, [&](const Run& r, const Bindings& b) { runner_.run(r, b); });
        learn(factors, taken);
        return loss;
    }
    /// The same without waiting where the place goes on by itself: x and targets are read before it returns, the loss is in `loss` when finish() has
    /// returned. schedule(n) is the factor of a step after n others that were taken; what it throws is thrown on, and nothing has been done.
    /// Needs: `loss` in StagingOn<Place, Real>, or it waits. The model's numbers are not touched until finish(), and what is told of steps is of earlier ones.
    template <class Schedule>
    void start(const InputElement* x, const Target* targets, int count, const Schedule& schedule, Real* loss) noexcept(std::is_same_v<Place, Host> && noexcept(schedule(0L))) {
        if constexpr (unsure) {
            if (unknown_ == 2) {
                runner_.make_room();
                learn_oldest();
            }
            factors_[turn_] = with_batch(x, targets, count, schedule, loss, &taken_[turn_], [&](const Run& r, const Bindings& b) { runner_.start(r, b); });
            turn_ = 1 - turn_;
            ++unknown_;
        } else {
            Real taken = 1;
            const Factors factors = with_batch(x, targets, count, schedule, loss, &taken, [&](const Run& r, const Bindings& b) { runner_.start(r, b); });
            learn(factors, taken);
        }
    }
    void finish() noexcept(std::is_same_v<Place, Host>) {
        const int started = std::exchange(unknown_, 0);  // of what fails nothing is known
        runner_.finish();
        unknown_ = started;
        while (unknown_ > 0) learn_oldest();
    }

    long steps() const { return steps_; }
    void set_steps(long steps, long skipped = 0) {
        steps_ = steps;
        skipped_ = skipped;
    }
    /// What the rate of the last known step was multiplied by.
    double factor() const { return factor_; }
    Optimiser& optimiser() { return optimiser_; }
    const Optimiser& optimiser() const { return optimiser_; }
    /// Steps that were left out because a gradient was not finite, which scaled losses alone do.
    long skipped() const { return skipped_; }
    /// What the next step multiplies the loss by, and the good steps in a row since it was changed.   Needs: scales.
    std::pair<Real, Real> scale() const requires scales {
        const auto all = moments_.to_host();
        const Real good = all[all.size() - tail + 1];
        return {all[all.size() - tail], good < 0 ? Real(0) : good};
    }
    /// The gradients of the last step, laid out as the parameters; times the scale that it had.
    const BufferOn<Place, Real>& gradients() const { return gradient_; }
    /// The optimiser's moments, and behind them the scale and its good steps.
    BufferOn<Place, Real>& moments() { return moments_; }
    const BufferOn<Place, Real>& moments() const { return moments_; }
    Seed seed() const { return seed_; }

    static constexpr int tail = scales ? 2 : 0;  ///< numbers behind the moments

  private:
    static constexpr int numbers = Optimiser::scalars + (scales ? LossScale::scalars : 0);
    static constexpr bool unsure = scales && !std::is_same_v<Place, Host>;
    static const Optimiser& none();  // of what does not compile
    static BufferOn<Place, Real> first_moments([[maybe_unused]] const LossScale& scale, Place at) {
        constexpr long moments = M::parameter_block() * Optimiser::moments;
        if constexpr (scales) {
            Buffer<Real> all(moments + tail);
            all[moments] = static_cast<Real>(scale.initial);
            return BufferOn<Place, Real>(std::move(all), at);
        } else {
            return BufferOn<Place, Real>(moments, at);
        }
    }
    /// What the rate is multiplied by if the step before was taken, and if it was left out.
    struct Factors {
        double now = 1, before = 1;
    };
    template <class Schedule, class F>
    Factors with_batch(const InputElement* x, const Target* targets, int count, const Schedule& schedule, Real* loss, [[maybe_unused]] Real* taken, F f) {
        const long most = steps_ + unknown_;  // that were taken before this one; one fewer, if the last of them is left out
        const Factors factors{schedule(most), unknown_ > 0 ? schedule(most - 1) : schedule(most)};
        Real scalars[common_scalars + numbers + (scales ? 1 + Optimiser::scalars : 0) + 1] = {Real(1) / static_cast<Real>(count)};
        put_numbers(scalars + 1, factors.now, most + 1);
        if constexpr (scales) {
            double own[LossScale::scalars];
            scale_.numbers(own);
            for (int i = 0; i < LossScale::scalars; ++i) scalars[common_scalars + Optimiser::scalars + i] = static_cast<Real>(own[i]);
            put_numbers(scalars + 1 + Traced::scalars_apart, factors.before, most + (unknown_ > 0 ? 0 : 1));
        }
        Bindings b;
        b.region[static_cast<int>(Region::parameter)] = model_->parameters();
        b.region[static_cast<int>(Region::state)] = model_->states();
        b.region[static_cast<int>(Region::gradient)] = gradient_.data();
        b.region[static_cast<int>(Region::moment)] = moments_.data();
        b.region[static_cast<int>(Region::scalar)] = scalars;
        b.input[0] = x;
        b.input[1] = targets;
        b.output[1] = loss;
        if constexpr (scales) b.output[2] = taken;
        f(Run{count, seed_.value, static_cast<std::uint64_t>(most + skipped_ + 1), nullptr}, b);
        return factors;
    }
    void put_numbers(Real* to, double factor, long step) const {
        double own[Optimiser::scalars + 1] = {};
        optimiser_.numbers(step, own);
        to[0] = static_cast<Real>(optimiser_.rate * factor);
        for (int i = 0; i < Optimiser::scalars; ++i) to[1 + i] = static_cast<Real>(own[i]);
    }
    /// What could not be run is no step, and neither is one that was left out for its gradients.
    void learn(const Factors& factors, Real taken) {
        factor_ = taken_before_ ? factors.now : factors.before;
        taken_before_ = taken != 0;
        ++(taken_before_ ? steps_ : skipped_);
    }
    void learn_oldest() {
        const int at = unknown_ == 2 ? turn_ : 1 - turn_;
        --unknown_;
        learn(factors_[at], taken_[at]);
    }

    M* model_;
    Optimiser optimiser_;
    Seed seed_;
    LossScale scale_;
    BufferOn<Place, Real> gradient_, moments_;
    StagingOn<Place, Real> taken_;  ///< of the steps on their way, in turns: 1, or 0 for those left out
    Runner<Place, Plan> runner_;  // after the memory that it uses: what was started ends before that goes
    Factors factors_[2];
    long steps_ = 0, skipped_ = 0;
    int unknown_ = 0, turn_ = 0;  ///< steps on their way: the device alone knows whether they are taken; and where the next one's turn is
    bool taken_before_ = true;
    double factor_ = 1;
};

/// After a mistake: tells it, and takes whatever it is given without a further word.
template <class M, class Loss, class Optimiser, int B>
    requires(!std::is_same_v<detail::TrainingFault<M, Loss, Optimiser, B>, NoFault>)
class TrainingStep<M, Loss, Optimiser, B> {
    using Model = detail::Trained<M>;

  public:
    using Real = typename Model::Real;
    using InputElement = typename Model::InputElement;
    using Place = typename Model::Place;
    using Target = typename detail::TargetElementOr<Loss, typename Model::Output, Real>::type;
    template <class At>
    using PlanAt = typename Model::template PlanAt<At>;
    static constexpr int capacity = B, kernels = 0, tail = 0;
    static constexpr bool scales = false;
    static constexpr detail::TrainingFault<M, Loss, Optimiser, B> fault{};
    template <class... X>
    explicit TrainingStep(X&&...) {}
    template <class... X>
    Real operator()(X&&...) {
        return 0;
    }
    template <class... X>
    Real run(X&&...) noexcept {
        return 0;
    }
    template <class... X>
    void start(X&&...) noexcept {}
    void finish() noexcept {}
    long steps() const { return 0; }
    void set_steps(long, long = 0) {}
    double factor() const { return 1; }
    Optimiser& optimiser();  // no program is made of these
    long skipped() const { return 0; }
    std::pair<Real, Real> scale() const { return {}; }
    const BufferOn<Place, Real>& gradients() const;
    BufferOn<Place, Real>& moments();
    const BufferOn<Place, Real>& moments() const;
    Seed seed() const { return {}; }
};

}  // namespace strata
