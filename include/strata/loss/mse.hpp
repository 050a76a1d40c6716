// SPDX-License-Identifier: BSL-1.0
/// Mean squared error.
#pragma once

#include <strata/loss/target.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/square.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

/// mean over batch and elements of (y - target)^2.   Shapes: equal.
struct MeanSquaredError {
    template <class Output>
    using Target = Values<Output>;
    static constexpr bool classifies = false;
    static constexpr auto forward(Expression auto y, Expression auto target) { return mean_keep(square(y - target), axes<>); }
};

}  // namespace strata
