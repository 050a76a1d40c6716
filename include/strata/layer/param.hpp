// SPDX-License-Identifier: BSL-1.0
/// Fields of a layer's record. In an expression each is a leaf; in a model each is a part of one flat block.
#pragma once

#include <strata/core/hana.hpp>
#include <strata/expr/expression.hpp>
#include <strata/init/initialiser.hpp>

namespace strata {

/// A trained array: saved, has a gradient, updated by the optimiser.
template <class S, class Init = GlorotUniform>
struct Param {
    using ExpressionTag = void;
    using Shape = S;
    using Type = detail::Weak;
    using Initial = Init;
    static constexpr bool trained = true;
    int id = -1;
    int* draws = nullptr;
    constexpr auto expression() const { return Ref<S, detail::Weak>{id, draws}; }
};
/// An array that the layer itself updates while it trains (running statistics): saved, no gradient.
template <class S, class Init = Zeros>
struct State {
    using ExpressionTag = void;
    using Shape = S;
    using Type = detail::Weak;
    using Initial = Init;
    static constexpr bool trained = false;
    int id = -1;
    int* draws = nullptr;
    constexpr auto expression() const { return Ref<S, detail::Weak>{id, draws}; }
};

/// In place of a bias's initialiser: the layer has no bias, as before a normalisation that would take it away again.
struct NoBias {};

/// The name of a field is part of a parameter's path, beside its layer's number, in files and messages; a path has room for so many.
template <class Where>
struct FieldNameTooLong {
    static_assert(detail::never<Where>, "strata: the name of a parameter is longer than 48 characters; shorten the field's name in the layer's Parameters");
};
/// Fields are found by reflection.
template <class Where>
struct ParametersAreNoRecord {
    static_assert(detail::never<Where>, "strata: a layer's parameters are a record that Hana knows, made for the shape of its input: template <class In> struct Parameters { BOOST_HANA_DEFINE_STRUCT(Parameters, (strata::Param<...>, weight)); };");
};
/// What can be wrong with a field.
template <class Field>
struct FieldIsWrong {
    template <class Where>
    struct NoParameter {
        static_assert(detail::never<Where>, "strata: a layer's Parameters hold arrays alone, Param<Shape<...>> and State<Shape<...>>; put a plain number into the layer, as a template argument or static constexpr");
    };
    template <class Where>
    struct NotOneShape {
        static_assert(detail::never<Where>, "strata: a parameter's shape has no batch (a negative axis) and no axis of 0; write Param<SampleShape<In>>, or Param<Shape<last<In>>>");
    };
    template <class Where>
    struct NoInitialiser {
        static_assert(detail::never<Where>, "strata: a parameter begins by what is no initialiser; NoBias stands in place of the bias, Dense<3, GlorotUniform, NoBias>, all others have a fill, as Zeros");
    };
};
namespace detail {
struct NoParameters {};
/// The record of layer L's parameters where it is given the shape S.
template <class L, class S>
struct RecordOf {
    using type = NoParameters;
};
template <class L, class S>
    requires requires { typename L::template Parameters<S>; }
struct RecordOf<L, S> {
    using type = typename L::template Parameters<S>;
};
/// L has Parameters that are no template, or a record that Hana does not know.
template <class L, class Record>
inline constexpr bool is_no_record = !std::is_same_v<Record, NoParameters> && !is_record<Record>;
template <class L>
    requires requires { typename L::Parameters; }
inline constexpr bool is_no_record<L, NoParameters> = true;
template <class Record>
inline constexpr bool field_names_too_long = longest_field_name<Record>() > 48;
template <>
inline constexpr bool field_names_too_long<NoParameters> = false;

template <class S>
inline constexpr bool is_one_shape = false;
template <int... D>
inline constexpr bool is_one_shape<Shape<D...>> = ((D > 0) && ...);
template <class Init>
inline constexpr bool initialises = requires(float* p, const Dims& d) { Init::template fill<float>(p, d, Seed{}, 1); };
template <class F>
inline constexpr bool is_sound_field = false;
template <class F>
    requires requires { typename F::Initial; F::trained; }
inline constexpr bool is_sound_field<F> = is_one_shape<typename F::Shape> && initialises<typename F::Initial>;
/// The number of the first field that is wrong, or -1.
template <class... F>
constexpr int first_wrong_field(const Types<F...>*) {
    int n = 0;
    for (const bool sound : {is_sound_field<F>..., true}) {
        if (!sound) return n;
        ++n;
    }
    return -1;
}
template <class Record>
inline constexpr bool is_sound_record = true;
template <class Record>
    requires is_record<Record>
inline constexpr bool is_sound_record<Record> = first_wrong_field(FieldTypes<Record>{}) < 0;
/// The mistake of a record that is not sound.
template <class F>
constexpr auto field_refusal() {
    if constexpr (!requires { typename F::Initial; F::trained; })
        return Refusal<FieldIsWrong<F>::template NoParameter>{};
    else if constexpr (!is_one_shape<typename F::Shape>)
        return Refusal<FieldIsWrong<F>::template NotOneShape>{};
    else
        return Refusal<FieldIsWrong<F>::template NoInitialiser>{};
}
template <class Record>
using RecordRefusal = decltype(field_refusal<typename std::remove_pointer_t<FieldTypes<Record>>::template At<first_wrong_field(FieldTypes<Record>{})>>());
}  // namespace detail

/// Whether a pass trains (dropout drops, statistics are the batch's) or infers.
enum class Mode { train, infer };
template <Mode M>
using ModeTag = std::integral_constant<Mode, M>;

/// The new value of a State.
template <class E>
struct Assignment {
    int state;
    E value;
};
/// A State is assigned what is not of its shape.   Given: a bounded batch as minus its capacity.
template <class Wanted, class Given, class Type>
struct StateKeepsShape {
    template <class Where>
    struct Assigned {
        static_assert(detail::never<Where>, "strata: a State is assigned floating numbers of its own shape, without the batch; fold that, mean_keep(x, axis<0>), and reshape<...> the rest (both shapes are named here)");
    };
};
/// assign(p.mean, expression): in training, the state's value after this step.   Shape: the state's, but for axes of 1.
template <class S, class Init, Expression E>
constexpr auto assign(const State<S, Init>& state, const E& value) {
    using W = detail::Wrapped<E>;
    if constexpr (detail::is_misfit<W>) {
        return Assignment<W>{state.id, detail::wrap(value)};
    } else if constexpr (W::Shape::dims().bounded() || W::Shape::size != S::size || std::is_integral_v<typename W::Type>) {
        return Assignment<Refusal<StateKeepsShape<S, typename W::Shape, typename W::Type>::template Assigned>>{state.id, {}};
    } else {
        return Assignment<W>{state.id, detail::wrap(value)};
    }
}
/// A layer's result together with what it wants its states to become.
template <class E, class... A>
struct Updating {
    using ExpressionTag = void;
    using Shape = typename E::Shape;
    using Type = typename E::Type;
    E result;
    detail::Operands<A...> updates;
};
template <Expression E, class... A>
constexpr auto updating(const E& result, const A&... assignments) {
    using W = detail::Wrapped<E>;
    if constexpr ((detail::is_misfit<W> || ... || detail::is_misfit<decltype(assignments.value)>))
        return detail::first_misfit(detail::wrap(result), assignments.value...);
    else
        return Updating<W, A...>{detail::wrap(result), detail::make_operands(assignments...)};
}

}  // namespace strata
