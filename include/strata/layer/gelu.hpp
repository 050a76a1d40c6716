// SPDX-License-Identifier: BSL-1.0
/// Gaussian error linear units as layers: by erf, and by tanh.
#pragma once

#include <strata/op/gelu.hpp>

namespace strata {

struct Gelu {
    static constexpr auto forward(const auto&, Expression auto x) { return gelu(x); }
};
struct GeluTanh {
    static constexpr auto forward(const auto&, Expression auto x) { return gelu_tanh(x); }
};

}  // namespace strata
