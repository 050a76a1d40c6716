// SPDX-License-Identifier: BSL-1.0
/// x sigmoid(x) as a layer.
#pragma once

#include <strata/op/silu.hpp>

namespace strata {

struct Silu {
    static constexpr auto forward(const auto&, Expression auto x) { return silu(x); }
};

}  // namespace strata
