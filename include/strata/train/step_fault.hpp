// SPDX-License-Identifier: BSL-1.0
/// What can be wrong with the parts of a training step, and what the compiler says of it.
#pragma once

#include <cstdint>
#include <type_traits>

#include <strata/core/types.hpp>
#include <strata/loss/target.hpp>
#include <strata/model/model.hpp>
#include <strata/train/optimiser_fault.hpp>

namespace strata {

/// What the compiler says where the parts of a training step are none.
template <class M>
struct NotAModel {
    static_assert(detail::never<M>, "strata: this is no model, which training wants; make one of the net and the shape of a sample, Model<Net, Shape<1, 28, 28>> model;");
};
template <class M>
struct ModelIsNoVariable {
    static_assert(detail::never<M>, "strata: training writes to its model for as long as it goes on; give it a variable, Model<Net, Input> model; neither a constant nor a temporary");
};
template <class Wanted, class Given>
struct AnotherModel {
    static_assert(std::is_same_v<Wanted, Given>, "strata: training by a step or trainer of one model's type is given another object; name the type by decltype(model)");
};
template <class Optimiser>
struct NoStepOfThese {
    static_assert(detail::never<Optimiser>, "strata: a training step is made of a model, an optimiser and a seed; write TrainingStep<M, Loss, Adam, 32> step{model, Adam{}, Seed{1}}");
};
template <class Loss, class Output>
struct NotALoss {
    static_assert(detail::never<Loss>, "strata: this is no loss of such an output; give one with Target<Output>, classifies and forward(output, target), as CrossEntropy");
};
template <class Loss, class Output>
struct LossForwardIsNotStatic {
    static_assert(detail::never<Loss>, "strata: the forward of this loss is not static, and training asks its type for it, not an object; write static constexpr auto forward(...), with numbers of its own as template parameters");
};
/// Shape, Elements: of the loss of one sample; of a whole batch where that is one number.
template <class Loss, class Shape, long Elements>
struct LossOfManyNumbers {
    static_assert(detail::never<Loss>, "strata: a loss is one number for a batch: let its forward end in mean_keep(..., axes<>) or sum_keep, or, where it folds one row of scores, let the net end in one");
};

namespace detail {
/// A mistake that the model has told already.
struct Told {};

template <class Loss, class Output, class Real>
struct LossTarget {
    using Target = typename Loss::template Target<Output>;
    using type = Ref<BatchShape<typename Target::Sample, -1>, typename Target::template Element<Real>>;
};
template <class Loss, class Output, class Real>
concept HasTarget = requires {
    Loss::classifies;
    typename Loss::template Target<Output>::Sample;
    typename Loss::template Target<Output>::template Element<Real>;
};
/// Whether an object of Loss has a forward; its type may have none.
template <class Loss, class Output, class Real>
concept MeasuresAsObject = HasTarget<Loss, Output, Real> && requires(Loss& loss, Ref<BatchShape<Output, -1>, Weak> y, typename LossTarget<Loss, Output, Real>::type t) {
    { loss.forward(y, t) } -> Expression;
};
template <class Loss, class Output, class Real>
concept Measures = HasTarget<Loss, Output, Real> && requires(Ref<BatchShape<Output, -1>, Weak> y, typename LossTarget<Loss, Output, Real>::type t) {
    { Loss::forward(y, t) } -> Expression;
};

/// What is wrong with training M by these.
template <class M, class Loss, class Optimiser, int B>
constexpr auto training_fault() {
    using Output = typename M::Output;
    using Real = typename M::Real;
    using Net = TraceBase<typename M::Net, typename M::Input, B, Real, Mode::train>;
    if constexpr (!std::is_same_v<typename M::Fault, NoFault>) {
        return Chosen<Told>{};
    } else if constexpr (!std::is_same_v<typename Net::Fault, NoFault>) {
        return Chosen<typename Net::Fault>{};
    } else if constexpr (!std::is_same_v<OptimiserFault<Optimiser>, NoFault>) {
        return Chosen<OptimiserFault<Optimiser>>{};
    } else if constexpr (!Measures<Loss, Output, Real>) {
        return Chosen<std::conditional_t<MeasuresAsObject<Loss, Output, Real>, LossForwardIsNotStatic<Loss, Output>, NotALoss<Loss, Output>>>{};
    } else {
        using E = decltype(Loss::forward(Ref<BatchShape<Output, -1>, Weak>{}, typename LossTarget<Loss, Output, Real>::type{}));
        using Trace = TrainingTrace<typename M::Net, typename M::Input, B, Loss, Optimiser, Real, typename M::Place, typename M::Stored>;
        using Whole = typename Trace::LossExpr;
        if constexpr (is_misfit<E>) {
            return Report<E, InLoss<Loss>>{};
        } else if constexpr (is_misfit<Whole>) {
            return Report<Whole, InLoss<Loss>>{};
        } else if constexpr (Whole::Shape::size != 1 || Whole::Shape::dims().bounded()) {
            using Seen = std::conditional_t<E::Shape::size == 1, Whole, E>;
            return Chosen<LossOfManyNumbers<Loss, CapacityShape<typename Seen::Shape>, Seen::Shape::size>>{};
        } else if constexpr (std::is_integral_v<typename Whole::Type>) {
            return Chosen<GivesNoFloats<InLoss<Loss>, typename Whole::Type>>{};
        } else {
            constexpr int op = Program<Trace>::traced.underived;
            if constexpr (op < 0)
                return Chosen<NoFault>{};
            else
                return underived_fault<typename OpAt<typename Trace::List, op>::type, InLoss<Loss>>();
        }
    }
}
template <class M>
concept IsModel = requires {
    typename M::OnHost;
    typename M::Fault;
};
/// The same where M may be no model, or none that can be trained.
template <class M, class Loss, class Optimiser, int B>
constexpr auto step_fault() {
    if constexpr (!IsModel<M>)
        return Chosen<NotAModel<M>>{};
    else if constexpr (std::is_const_v<M>)
        return Chosen<ModelIsNoVariable<M>>{};
    else if constexpr (B < 1)
        return Chosen<BatchOfNone<B>>{};
    else
        return training_fault<M, Loss, Optimiser, B>();
}
template <class M, class Loss, class Optimiser, int B>
using TrainingFault = typename decltype(step_fault<M, Loss, Optimiser, B>())::type;

/// Whether a step of M is made of arguments that begin like these.
template <class M, class Optimiser, class... Given>
inline constexpr bool makes_step = false;
template <class M, class Optimiser, class Model, class O, class S, class... Rest>
inline constexpr bool makes_step<M, Optimiser, Model, O, S, Rest...> =
    std::is_convertible_v<Model, M&> && std::is_convertible_v<O, const Optimiser&> && std::is_convertible_v<S, Seed>;
/// What is wrong with Given where a variable of type M is wanted, or NoFault.
template <class M, class Given>
constexpr auto variable_fault() {
    using Named = std::remove_cvref_t<Given>;
    if constexpr (Moved<Named, M>)
        return Chosen<ModelIsElsewhere<InTraining, typename M::Place, typename Named::Place>>{};
    else if constexpr (std::is_convertible_v<Given, M&>)
        return Chosen<NoFault>{};
    else if constexpr (std::is_same_v<Named, M>)
        return Chosen<ModelIsNoVariable<M>>{};
    else
        return Chosen<AnotherModel<M, Named>>{};
}
template <class M, class Given>
using VariableFault = typename decltype(variable_fault<M, Given>())::type;
template <class M, class Optimiser, class Given, class... Rest>
constexpr auto arguments_fault() {
    if constexpr (!std::is_same_v<VariableFault<M, Given>, NoFault>)
        return variable_fault<M, Given>();
    else if constexpr (sizeof...(Rest) > 1 && std::is_convertible_v<typename Types<Rest..., void, void>::template At<1>, std::uint64_t>)
        return Chosen<SeedIsNoNumber<std::remove_cvref_t<typename Types<Rest..., void, void>::template At<1>>>>{};
    else
        return Chosen<NoStepOfThese<Optimiser>>{};
}

/// The model to go by after a mistake.
template <class M>
using Trained = std::conditional_t<IsModel<M>, M, Model<Sequential<>, Shape<1>>>;
template <class Loss, class Output, class Real>
struct TargetElementOr {
    using type = Real;
};
template <class Loss, class Output, class Real>
    requires requires { typename Loss::template Target<Output>::template Element<Real>; }
struct TargetElementOr<Loss, Output, Real> {
    using type = typename Loss::template Target<Output>::template Element<Real>;
};
}  // namespace detail

}  // namespace strata
