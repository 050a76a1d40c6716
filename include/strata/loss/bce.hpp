// SPDX-License-Identifier: BSL-1.0
/// Binary cross-entropy from scores (before sigmoid).
#pragma once

#include <strata/loss/target.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/softplus.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

/// mean over batch and elements of softplus(s) - s target: the stable form of -(t log sigmoid(s) + (1 - t) log(1 - sigmoid(s))).   Shapes: equal.
struct BinaryCrossEntropy {
    template <class Output>
    using Target = Values<Output>;
    static constexpr bool classifies = false;
    static constexpr auto forward(Expression auto scores, Expression auto target) { return mean_keep(softplus(scores) - scores * target, axes<>); }
};

}  // namespace strata
