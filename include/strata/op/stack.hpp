// SPDX-License-Identifier: BSL-1.0
/// stack: parts of one shape along a new axis.   Gradient: each part's place in dy.
#pragma once

#include <strata/op/concat.hpp>

namespace strata {

/// stack<Axis>(a, b, ...): up to 16 parts.   Shape: that of a part with an axis more, as long as there are parts; -1: behind the last.
template <int Axis, Expression... X>
constexpr auto stack(const X&... x) {
    return concat<Axis>(insert_axis<Axis>(x)...);
}

}  // namespace strata
