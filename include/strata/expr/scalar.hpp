// SPDX-License-Identifier: BSL-1.0
/// Numbers that are known only when a program runs: one over the batch count, the learning rate, the step.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// Scalars that every run of a program is given.
enum class Scalar { inverse_count, rate };

/// Where a leaf lives: which array a program binds it to. The second attribute of a leaf is its place in there.
enum class Region { input, parameter, state, gradient, moment, scalar, output, arena, carry, block };

/// A leaf bound to one of the run's scalars.   Shape: [].   Attributes: [0] region, [1] which.
template <Scalar S>
struct ScalarOp {
    static constexpr auto name = "scalar";
    static constexpr Kind kind = Kind::leaf;
    static constexpr int arity = 0;
    static constexpr bool commutative = false;
    static constexpr int cost = 0;
    static constexpr Fit fit() { return {}; }
    static constexpr Attributes attributes() { return {{static_cast<int>(Region::scalar), static_cast<int>(S)}}; }
};

/// The run's scalar as an expression.
template <Scalar S>
constexpr auto scalar() {
    return Apply<ScalarOp<S>, Shape<>, detail::Weak>{};
}

}  // namespace strata
