// SPDX-License-Identifier: BSL-1.0
/// relu(x) = max(x, 0) as a layer.
#pragma once

#include <strata/op/relu.hpp>

namespace strata {

struct Relu {
    static constexpr auto forward(const auto&, Expression auto x) { return relu(x); }
};

}  // namespace strata
