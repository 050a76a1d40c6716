// SPDX-License-Identifier: BSL-1.0
/// Cross-entropy from scores (before softmax).
#pragma once

#include <strata/expr/scalar.hpp>
#include <strata/loss/target.hpp>
#include <strata/op/index.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/negate.hpp>
#include <strata/op/select.hpp>
#include <strata/op/softmax.hpp>

namespace strata {

/// mean over the batch of -log_softmax(scores)[label].   scores: [batch, classes], labels: [batch], int32 in [0, classes).
struct CrossEntropy {
    template <class Output>
    using Target = Labels;
    static constexpr bool classifies = true;
    static constexpr auto forward(Expression auto scores, Expression auto labels) {
        constexpr int classes = last<typename decltype(scores)::Shape>;
        const auto each = select(one_hot<classes>(labels), -log_softmax(scores) * scalar<Scalar::inverse_count>(), 0.0);
        return sum_keep(sum_keep(each, axis<-1>), axis<0>);
    }
};

/// mean over the batch of -sum(target log_softmax(scores)).   target: [batch, classes], a distribution.
struct SoftCrossEntropy {
    template <class Output>
    using Target = Values<Output>;
    static constexpr bool classifies = true;
    static constexpr auto forward(Expression auto scores, Expression auto target) {
        return sum_keep(sum_keep(target * -log_softmax(scores) * scalar<Scalar::inverse_count>(), axis<-1>), axis<0>);
    }
};

}  // namespace strata
