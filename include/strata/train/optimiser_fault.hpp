// SPDX-License-Identifier: BSL-1.0
/// What can be wrong with an optimiser, and what the compiler says of it.
#pragma once

#include <initializer_list>
#include <type_traits>
#include <utility>

#include <strata/expr/compose.hpp>
#include <strata/optim/optimiser.hpp>

namespace strata {

template <class Optimiser>
struct NotAnOptimiser {
    static_assert(detail::never<Optimiser>, "strata: this is no optimiser; give one with moments, scalars, rate, numbers(step, out) and update(p, g, moments...), as Adam");
};
template <class Optimiser, int Wanted, int Given>
struct OptimiserUpdatesOthers {
    static_assert(Wanted == Given, "strata: an optimiser's update gives the parameters and each of its moments anew, in order, as updated(p - rate() * m, m) of one moment (both numbers are named here)");
};
/// Wanted: the shape of a block of two parameters.
template <class Optimiser, class Wanted, class Given, class Type>
struct OptimiserChangesShape {
    static_assert(detail::never<Optimiser>, "strata: an optimiser's update gives a floating number for each parameter, and for each place of a moment; do not fold them (both shapes are named here)");
};
template <class Optimiser, int Scalars, int Read>
struct OptimiserReadsOthers {
    static_assert(Scalars == Read, "strata: an optimiser reads more numbers of its own than it has; let scalars be 1 + the largest I of its own<I>() (both numbers are named here)");
};
/// The place of a mistake.
template <class Optimiser>
struct InUpdate {};

namespace detail {

/// What O's update gives for a block of shape S.
template <class O, class S, int... I>
constexpr auto values_of(std::integer_sequence<int, I...>) -> decltype(O::update(Ref<S, Weak>{}, Ref<S, Weak>{}, (static_cast<void>(I), Ref<S, Weak>{})...).each) {
    return {};
}
template <class O>
concept Optimises = requires(const O& o, double* out) {
    O::moments;
    O::scalars;
    static_cast<double>(o.rate);
    o.numbers(1L, out);
    values_of<O, Shape<2>>(std::make_integer_sequence<int, O::moments>{});
};

constexpr int most_of(std::initializer_list<int> values) {
    int most = 0;
    for (const int v : values) most = v > most ? v : most;
    return most;
}
/// 1 + the last of the run's scalars that an expression reads.
template <class E>
inline constexpr int scalars_read = 0;
template <Scalar I, class S, class T>
inline constexpr int scalars_read<Apply<ScalarOp<I>, S, T>> = static_cast<int>(I) + 1;
template <class Op, class S, class T, class E, class... Rest>
inline constexpr int scalars_read<Apply<Op, S, T, E, Rest...>> = most_of({scalars_read<E>, scalars_read<Rest>...});
template <class F, class S, class T, class... E>
inline constexpr int scalars_read<Let<F, S, T, E...>> = most_of({scalars_read<E>..., scalars_read<decltype(F::body(std::declval<typename StandIn<E>::type>()...))>});

template <class E, class S>
concept NewValue = Expression<E> && std::is_same_v<typename E::Shape, S> && !std::is_integral_v<typename E::Type>;
/// The report of the first value that is none.
template <class O, class S, class E, class... Rest>
constexpr auto value_fault() {
    if constexpr (NewValue<E, S>)
        return value_fault<O, S, Rest...>();
    else if constexpr (is_misfit<E>)
        return Report<E, InUpdate<O>>{};
    else if constexpr (Expression<E>)
        return Chosen<OptimiserChangesShape<O, S, typename E::Shape, typename E::Type>>{};
    else
        return Chosen<OptimiserChangesShape<O, S, E, E>>{};
}
template <class O, class S, class... E>
constexpr auto update_fault(const Operands<E...>&) {
    constexpr int read = most_of({common_scalars, scalars_read<E>...}) - common_scalars;
    if constexpr (sizeof...(E) != 1 + O::moments)
        return Chosen<OptimiserUpdatesOthers<O, 1 + O::moments, sizeof...(E)>>{};
    else if constexpr (!(NewValue<E, S> && ...))
        return value_fault<O, S, E...>();
    else if constexpr (read > O::scalars)
        return Chosen<OptimiserReadsOthers<O, O::scalars, read>>{};
    else
        return Chosen<NoFault>{};
}
template <class O>
constexpr auto optimiser_fault() {
    if constexpr (!Optimises<O>)
        return Chosen<NotAnOptimiser<O>>{};
    else
        return update_fault<O, Shape<2>>(values_of<O, Shape<2>>(std::make_integer_sequence<int, O::moments>{}));
}
template <class O>
using OptimiserFault = typename decltype(optimiser_fault<O>())::type;

}  // namespace detail
}  // namespace strata
