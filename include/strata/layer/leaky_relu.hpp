// SPDX-License-Identifier: BSL-1.0
/// The leaky rectifier as a layer; the slope for x < 0 in thousandths.
#pragma once

#include <strata/op/leaky_relu.hpp>

namespace strata {

template <int Thousandths = 10>
struct LeakyRelu {
    static constexpr auto forward(const auto&, Expression auto x) { return leaky_relu(x, Thousandths / 1000.0); }
};

}  // namespace strata
