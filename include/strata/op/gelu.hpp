// SPDX-License-Identifier: BSL-1.0
/// Gaussian error linear units.   Source: Hendrycks & Gimpel, 2016.
#pragma once

#include <strata/expr/compose.hpp>
#include <strata/op/add.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/normal_cdf.hpp>
#include <strata/op/sigmoid.hpp>

namespace strata {

struct GeluBody {
    static constexpr auto body(const auto& x) { return x * normal_cdf(x); }
};
/// gelu(x) = x (1 + erf(x / sqrt 2)) / 2: x times the normal distribution function.
inline constexpr Composed<GeluBody> gelu{};

struct GeluTanhBody {
    static constexpr auto body(const auto& x) { return x * sigmoid(x * (1.5957691216057308 + 0.07135481627260025 * (x * x))); }
};
/// gelu_tanh(x) = x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, written as x sigmoid(2 ...): the same, without the cancellation for x < 0.
inline constexpr Composed<GeluTanhBody> gelu_tanh{};

}  // namespace strata
