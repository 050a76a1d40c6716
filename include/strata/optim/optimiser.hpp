// SPDX-License-Identifier: BSL-1.0
/// What an optimiser is: moments beside the parameters, scalars that a step is given, and one expression for the update of the whole block.
///
///     static constexpr int moments;                       arrays of the parameters' size that it keeps
///     static constexpr int scalars;                       numbers of its own, own<0> ... in its expression
///     void numbers(long step, double* out) const;         their values in step 1, 2, ...
///     static constexpr auto update(p, g, moments...);     updated(new p, new moments...)
///     void settings(const SettingCheck&) const;           may be left out: the numbers that a user sets, and their ranges; they are checked, and checkpoints
///                                                         keep those that are members (of one without it: its rate alone), so that what was changed in training is not lost
#pragma once

#include <strata/expr/scalar.hpp>
#include <strata/op/multiply.hpp>
#include <strata/optim/setting.hpp>

namespace strata {

/// Scalars of every program: one over the count, the rate; an optimiser's own follow.
inline constexpr int common_scalars = 2;
/// The optimiser's own number I.
template <int I>
constexpr auto own() {
    return scalar<static_cast<Scalar>(common_scalars + I)>();
}
/// The learning rate of this step.
constexpr auto rate() { return scalar<Scalar::rate>(); }

/// New values, in order: the parameters, then each moment.
template <class... E>
struct Updated {
    detail::Operands<E...> each;
};
template <class... E>
constexpr Updated<E...> updated(const E&... e) {
    return {detail::make_operands(e...)};
}

}  // namespace strata
