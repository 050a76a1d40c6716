// SPDX-License-Identifier: BSL-1.0
/// What the compiler says where a trainer's parts, or its data, do not fit together.
#pragma once

#include <type_traits>

#include <strata/data/loader.hpp>
#include <strata/tensor/tensor.hpp>
#include <strata/train/callbacks.hpp>
#include <strata/train/step.hpp>

namespace strata {

template <class Set>
struct NotADataSet {
    static_assert(detail::never<Set>, "strata: this is no data set; give a data::Dataset or data::TensorDataset of it, or a type with size(), sample_size, copy_sample and label or copy_target");
};
template <class Given>
struct NotFitOptions {
    static_assert(detail::never<Given>, "strata: fit takes the data set, then options for it, then an augmentation or callbacks; write fit(set, {.epochs = 10}, ...)");
};
template <class Given>
struct NoPartOfFit {
    static_assert(detail::never<Given>, "strata: this is neither a callback nor, first, an augmentation(long id, long epoch, float*) const; make a function one, OnEpochEnd{[](const EpochRecord& e) { ... }}");
};
template <class Wanted, class Given>
struct ValidationIsAPointer {
    static_assert(detail::never<Given>, "strata: FitOptions::validation points to a set of the training set's type; write .validation = &set (the type wanted and the given one are named here)");
};
template <class Schedule>
struct NotASchedule {
    static_assert(detail::never<Schedule>, "strata: this is no schedule; give a function of the step to a factor on the rate, as ConstantRate{} or Cosine{}");
};
template <class Loss, class Set>
struct LossTakesNoLabels {
    static_assert(detail::never<Loss>, "strata: this loss compares with values, and the data set has labels; give a loss of labels, as CrossEntropy, or a data::TensorDataset");
};
template <class Loss, class Set>
struct LossTakesLabels {
    static_assert(detail::never<Loss>, "strata: this loss compares with labels, and the data set has values; give a loss of values, as MeanSquaredError, or a data::Dataset");
};
template <class Target, class Wanted>
struct TargetsDoNotFit {
    static_assert(std::is_same_v<Target, Wanted>, "strata: the targets of a data set have another shape than the loss compares with; change the set or the last layer");
};
/// Given: the elements of a data set's targets, which are floats.   Wanted: those of the loss.
template <class Loss, class Given, class Wanted>
struct TargetElementsDoNotFit {
    static_assert(std::is_same_v<Given, Wanted>, "strata: a data set's targets are floats, and the loss compares with elements of another type; let its Target's Element<Real> be Real, or use TrainingStep (both types are named here)");
};
template <class Real>
struct DataIsOfFloats {
    static_assert(std::is_same_v<Real, float>, "strata: a trainer's data are floats; train a model of floats, or use TrainingStep");
};
template <class Sample, class Input>
struct SamplesDoNotFit {
    static_assert(std::is_same_v<Sample, Input>, "strata: the samples of a data set have another shape than the model's input; change one of the two");
};
template <class Set, int Classes, int Scores>
struct ClassesDoNotFit {
    static_assert(Classes <= Scores, "strata: a data set has more classes than the model gives scores; widen the last layer (both numbers are named here)");
};
/// Loaders read the host's memory, wherever the model is.
template <class Wanted, class Given>
struct DataAreElsewhere {
    static_assert(std::is_same_v<Wanted, Given>, "strata: a trainer takes data sets in the host's memory, whose batches it sends to the model; make one of x.to_host() (both places are named here)");
};

template <class Set>
struct FitOptions;

/// FitOptions::validation: a `const Set*`, which tells if it is given what is none.
template <class Set>
class ValidationSet {
  public:
    constexpr ValidationSet(const Set* set) : set_(set) {}
    /// Refused: a set itself, or a pointer to another type of set.
    template <class Given>
        requires(!std::is_convertible_v<const Given&, const Set*> && !std::is_arithmetic_v<Given>)
    constexpr ValidationSet(const Given&) : set_(nullptr) {
        [[maybe_unused]] constexpr ValidationIsAPointer<Set, Given> fault{};
    }
    constexpr operator const Set*() const { return set_; }
    constexpr const Set* operator->() const { return set_; }

  private:
    const Set* set_;
};

namespace detail {
/// Set is a tensor out of the host's reach.
template <class Set>
inline constexpr bool is_elsewhere = false;
template <class Place, class T, int... D>
inline constexpr bool is_elsewhere<TensorOn<Place, T, D...>> = !std::is_same_v<Place, Host>;
/// In place of the schedule of a trainer that is given a number where a batch<32> belongs.
struct PlainNumber {};
template <class M, class Loss, class Optimiser, int B, class Schedule>
constexpr auto trainer_fault() {
    using Fault = TrainingFault<M, Loss, Optimiser, B>;
    if constexpr (IsModel<M> && B < 1)
        return Chosen<std::conditional_t<std::is_same_v<Schedule, PlainNumber>, BatchOfNone<B>, Told>>{};  // batch<0> tells itself
    else if constexpr (!std::is_same_v<Fault, NoFault>)
        return Chosen<Fault>{};
    else if constexpr (!std::is_same_v<typename M::InputElement, float>)
        return Chosen<DataIsOfFloats<typename M::InputElement>>{};
    else if constexpr (!requires(const Schedule& s) { static_cast<double>(s(1L)); })
        return Chosen<NotASchedule<Schedule>>{};
    else
        return Chosen<NoFault>{};
}
template <class M, class Loss, class Optimiser, int B, class Schedule>
using TrainerFault = typename decltype(trainer_fault<M, Loss, Optimiser, B, Schedule>())::type;

/// Whether a loss of M's output compares with labels, not with values.
template <class M, class Loss>
inline constexpr bool takes_labels = std::is_same_v<typename Loss::template Target<typename M::Output>, Labels>;

/// What can be trained on: a data set, in the host's memory.
template <class Set>
concept TrainingSet = data::DataSet<Set> && !is_elsewhere<Set>;
template <class Set>
constexpr auto set_fault() {
    if constexpr (is_elsewhere<Set>)
        return Chosen<DataAreElsewhere<Host, typename Set::Place>>{};
    else if constexpr (!data::DataSet<Set>)
        return Chosen<NotADataSet<Set>>{};
    else
        return Chosen<NoFault>{};
}
template <class Set>
using SetFault = typename decltype(set_fault<Set>())::type;

/// What fit takes behind its options: callbacks, the first perhaps an augmentation.
template <class A>
concept Augmentation = !Callback<A> && std::is_copy_constructible_v<A> && requires(const A& augment, float* values) { augment(0L, 0L, values); };
template <class... Given>
inline constexpr bool parts_of_fit = true;
template <class First, class... Rest>
inline constexpr bool parts_of_fit<First, Rest...> =
    (Augmentation<std::remove_cvref_t<First>> || Callback<std::remove_reference_t<First>>) && (Callback<std::remove_reference_t<Rest>> && ...);
template <class Set, class Options, class... Given>
inline constexpr bool fit_takes = TrainingSet<Set> && std::is_convertible_v<const Options&, const FitOptions<Set>&> && parts_of_fit<Given...>;
/// The first that fit does not take.
template <bool First, class Given, class... Rest>
constexpr auto part_fault() {
    if constexpr ((First && Augmentation<std::remove_cvref_t<Given>>) || Callback<std::remove_reference_t<Given>>)
        return part_fault<false, Rest...>();
    else
        return Chosen<NoPartOfFit<std::remove_cvref_t<Given>>>{};
}
template <class Set, class Options, class... Given>
constexpr auto fit_fault() {
    if constexpr (!TrainingSet<Set>)
        return set_fault<Set>();
    else if constexpr (!std::is_convertible_v<const Options&, const FitOptions<Set>&>)
        return Chosen<NotFitOptions<Options>>{};
    else
        return part_fault<true, Given...>();
}

/// What is wrong with data for a model. A set of the user's own may have a sample size only.
template <class Set>
struct SampleOf {
    using type = Shape<static_cast<int>(Set::sample_size)>;
};
template <class Set>
    requires requires { typename Set::Sample; }
struct SampleOf<Set> {
    using type = typename Set::Sample;
};
template <class M, class Loss, class Set>
constexpr auto fitting_fault() {
    using Sample = typename SampleOf<Set>::type;
    using Wanted = typename Loss::template Target<typename M::Output>;
    constexpr bool named = requires { typename Set::Sample; }, labelled = data::Labelled<Set>;
    if constexpr (named ? !std::is_same_v<Sample, typename M::Input> : Sample::size != M::Input::size)
        return Chosen<SamplesDoNotFit<Sample, typename M::Input>>{};
    else if constexpr (!takes_labels<M, Loss>) {
        if constexpr (labelled)
            return Chosen<LossTakesNoLabels<Loss, Set>>{};
        else if constexpr (!std::is_same_v<typename Set::Target, typename Wanted::Sample>)
            return Chosen<TargetsDoNotFit<typename Set::Target, typename Wanted::Sample>>{};
        else if constexpr (!std::is_same_v<typename Wanted::template Element<typename M::Real>, float>)
            return Chosen<TargetElementsDoNotFit<Loss, float, typename Wanted::template Element<typename M::Real>>>{};
        else
            return Chosen<NoFault>{};
    } else if constexpr (!labelled) {
        return Chosen<LossTakesLabels<Loss, Set>>{};
    } else if constexpr (requires { Set::classes; }) {
        if constexpr (Set::classes > last<typename M::Output>)
            return Chosen<ClassesDoNotFit<Set, Set::classes, last<typename M::Output>>>{};
        else
            return Chosen<NoFault>{};
    } else
        return Chosen<NoFault>{};
}
template <class M, class Loss, class Set>
constexpr auto data_fault() {
    if constexpr (!TrainingSet<Set>)
        return set_fault<Set>();
    else
        return fitting_fault<M, Loss, Set>();
}
template <class M, class Loss, class Set>
using DataFault = typename decltype(data_fault<M, Loss, Set>())::type;
}  // namespace detail

}  // namespace strata
