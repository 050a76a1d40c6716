// SPDX-License-Identifier: BSL-1.0
/// silu(x) = x sigmoid(x), also called swish.   Source: Elfwing et al., 2017.
#pragma once

#include <strata/expr/compose.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/sigmoid.hpp>

namespace strata {

struct SiluBody {
    static constexpr auto body(const auto& x) { return x * sigmoid(x); }
};
inline constexpr Composed<SiluBody> silu{};

}  // namespace strata
