// SPDX-License-Identifier: BSL-1.0
/// Layers one after the other. A stack is flat, however it is written: Sequential in Sequential costs nothing.
#pragma once

#include <strata/layer/param.hpp>

namespace strata {

/// x -> L_n(... L_1(x)).
template <class... L>
struct Sequential {};

/// x + L_n(... L_1(x)).   Source: He et al., 2015.   Shape: the stack keeps it.
template <class... L>
struct Residual {};

}  // namespace strata
