// SPDX-License-Identifier: BSL-1.0
/// log(1 + exp(x)) as a layer.
#pragma once

#include <strata/op/softplus.hpp>

namespace strata {

struct Softplus {
    static constexpr auto forward(const auto&, Expression auto x) { return softplus(x); }
};

}  // namespace strata
