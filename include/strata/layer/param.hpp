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
    constexpr auto expression() const { return Ref<S, detail::Weak>{id}; }
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
    constexpr auto expression() const { return Ref<S, detail::Weak>{id}; }
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
/// assign(p.mean, expression): in training, the state's value after this step.
template <class S, class Init, Expression E>
constexpr auto assign(const State<S, Init>& state, const E& value) {
    using W = detail::Wrapped<E>;
    return Assignment<W>{state.id, detail::wrap(value)};
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
    return Updating<W, A...>{detail::wrap(result), detail::make_operands(assignments...)};
}

}  // namespace strata
