// SPDX-License-Identifier: BSL-1.0
/// tanh(x) as a layer.
#pragma once

#include <strata/op/tanh.hpp>

namespace strata {

struct Tanh {
    static constexpr auto forward(const auto&, Expression auto x) { return tanh(x); }
};

}  // namespace strata
