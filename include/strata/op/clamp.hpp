// SPDX-License-Identifier: BSL-1.0
/// clamp(x, low, high): x cut to [low, high].   Gradient: dy inside (bounds included, as in PyTorch), else 0.
#pragma once

#include <strata/op/compare.hpp>
#include <strata/op/logical.hpp>
#include <strata/op/select.hpp>

namespace strata {

template <Expression X, detail::Argument L, detail::Argument H>
constexpr auto clamp(const X& x, const L& low, const H& high) {
    return select(x < low, low, select(x > high, high, x));
}

}  // namespace strata
