// SPDX-License-Identifier: BSL-1.0
/// softplus(x) = log(1 + exp(x)), as max(x, 0) + log1p(exp(-|x|)): nothing overflows, and what is small keeps its digits.
#pragma once

#include <strata/expr/compose.hpp>
#include <strata/op/abs.hpp>
#include <strata/op/add.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/log1p.hpp>
#include <strata/op/maximum.hpp>
#include <strata/op/negate.hpp>

namespace strata {

struct SoftplusBody {
    static constexpr auto body(const auto& x) { return maximum(x, 0.0) + log1p(exp(-abs(x))); }
};
inline constexpr Composed<SoftplusBody> softplus{};

}  // namespace strata
