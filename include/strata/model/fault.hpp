// SPDX-License-Identifier: BSL-1.0
/// What can be wrong with a layer where it stands in a net, and what the compiler says of it.
#pragma once

#include <type_traits>

#include <strata/expr/compose.hpp>
#include <strata/layer/param.hpp>

namespace strata {

/// What the compiler says of something in a stack that is no layer.
template <class Where>
struct NotALayer {
    static_assert(detail::never<Where>, "strata: this is no layer; a layer has a static forward(p, x) or forward(p, x, mode) that returns an expression");
};
/// The layers of a residual block keep its input's shape.
template <class Where, class In, class Out>
struct ResidualChangesShape {
    static_assert(std::is_same_v<In, Out>, "strata: a residual block adds its input to its result; let its layers keep the shape (both are named here)");
};
/// A layer that takes whole numbers is the first: what layers give is none.
template <class Where>
struct WholeNumbersComeFirst {
    static_assert(detail::never<Where>, "strata: a layer that takes whole numbers, as Embedding, can only be a model's first; put it in front");
};
/// A stack is repeated at least once.
template <class Where, int Times>
struct RepeatedTooSeldom {
    static_assert(Times >= 1, "strata: Repeat needs at least one time; write Repeat<1, ...> or more");
};

/// What a model runs is as many results as samples.   In, Out: a layer's shapes, a bounded batch as minus its capacity.
template <class Where, class In, class Out>
struct LayerLosesBatch {
    static_assert(detail::never<Where>, "strata: a layer keeps the batch, its first axis (negative in the two shapes); fold the axes after it, and reshape by the layer Reshape<1, 28, 28>");
};
/// What layers hand on, and what a loss is, has the model's number type.
template <class Where, class Type>
struct GivesNoFloats {
    static_assert(detail::never<Where>, "strata: a layer gives floating numbers, and so does a loss; write cast<float>(...) round a mask or integers");
};
/// A layer's expression is traced as it is written out.   Most: operations that a layer may have.
template <class Where, int Most>
struct LayerIsTooLarge {
    static_assert(detail::never<Where>, "strata: written out, this layer has too many operations: what is used twice stands twice, and so does all before it; make the step that is taken again and again a Composed op, which computes its operands once (README, Limits)");
};
/// The capacity of a session or a training step.
template <int B>
struct BatchOfNone {
    static_assert(B > 0, "strata: the capacity of a batch is at least 1 and known while compiling; write Session<M, 32>, TrainingStep<M, Loss, Adam, 32>, and give a Trainer batch<32> (not 32)");
};

namespace detail {

template <class In, class Out>
inline constexpr bool keeps_batch = false;
template <int B, int... I, int... O>
inline constexpr bool keeps_batch<Shape<B, I...>, Shape<B, O...>> = ((O > 0) && ...);
/// Ops and leaves of one layer at the most: compilers stop at not many more.
inline constexpr int largest_layer = 32768;
/// Whether the layers after a traced one can be traced too.
template <class T>
inline constexpr bool goes_on = size_of_tree<typename T::Expr> <= largest_layer && keeps_batch<typename T::Input, typename T::Output> && !std::is_integral_v<typename T::Expr::Type> && is_sound_record<typename T::Record>;

/// Why they cannot.
template <class T, class Where>
constexpr auto layer_fault() {
    if constexpr (is_misfit<typename T::Expr>)
        return Report<typename T::Expr, Where>{};
    else if constexpr (!is_sound_record<typename T::Record>)
        return Report<RecordRefusal<typename T::Record>, Where>{};
    else if constexpr (size_of_tree<typename T::Expr> > largest_layer)
        return Chosen<LayerIsTooLarge<Where, largest_layer>>{};
    else if constexpr (!keeps_batch<typename T::Input, typename T::Output>)
        return Chosen<LayerLosesBatch<Where, typename T::Input, typename T::Output>>{};
    else
        return Chosen<GivesNoFloats<Where, typename T::Expr::Type>>{};
}

}  // namespace detail
}  // namespace strata
