// SPDX-License-Identifier: BSL-1.0
/// 1 / (1 + exp(-x)) as a layer.
#pragma once

#include <strata/op/sigmoid.hpp>

namespace strata {

struct Sigmoid {
    static constexpr auto forward(const auto&, Expression auto x) { return sigmoid(x); }
};

}  // namespace strata
