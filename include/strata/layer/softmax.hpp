// SPDX-License-Identifier: BSL-1.0
/// softmax over the last axis as a layer. For training, leave it out and use CrossEntropy, which takes scores.
#pragma once

#include <strata/op/softmax.hpp>

namespace strata {

struct Softmax {
    static constexpr auto forward(const auto&, Expression auto x) { return softmax(x); }
};

}  // namespace strata
