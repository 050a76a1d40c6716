// SPDX-License-Identifier: BSL-1.0
/// silu(x) = x sigmoid(x), also called swish.   Source: Elfwing et al., 2017.
#pragma once

#include <strata/op/multiply.hpp>
#include <strata/op/sigmoid.hpp>

namespace strata {

template <Expression X>
constexpr auto silu(const X& x) {
    return x * sigmoid(x);
}

}  // namespace strata
