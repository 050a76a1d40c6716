// SPDX-License-Identifier: BSL-1.0
/// leaky_relu(x, slope) = x where x > 0, else slope x.   Source: Maas, Hannun, Ng, 2013.
#pragma once

#include <strata/expr/compose.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>

namespace strata {

struct LeakyReluBody {
    static constexpr auto body(const auto& x, const auto& slope) { return select(x > 0.0, x, x * slope); }
};
template <Expression X>
constexpr auto leaky_relu(const X& x, double slope = 0.01) {
    return Composed<LeakyReluBody>{}(x, slope);
}

}  // namespace strata
