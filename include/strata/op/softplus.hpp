// SPDX-License-Identifier: BSL-1.0
/// softplus(x) = log(1 + exp(x)), as max(x, 0) + log(1 + exp(-|x|)) so that nothing overflows.
#pragma once

#include <strata/op/abs.hpp>
#include <strata/op/add.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/log.hpp>
#include <strata/op/negate.hpp>
#include <strata/op/relu.hpp>

namespace strata {

template <Expression X>
constexpr auto softplus(const X& x) {
    return relu(x) + log(1.0 + exp(-abs(x)));
}

}  // namespace strata
