// SPDX-License-Identifier: BSL-1.0
/// softmax over the last axis and its logarithm as layers. For training, leave them out and use CrossEntropy, which takes scores.
#pragma once

#include <strata/op/softmax.hpp>

namespace strata {

struct Softmax {
    static constexpr auto forward(const auto&, Expression auto x) { return softmax(x); }
};
struct LogSoftmax {
    static constexpr auto forward(const auto&, Expression auto x) { return log_softmax(x); }
};

}  // namespace strata
