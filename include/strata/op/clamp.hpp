// SPDX-License-Identifier: BSL-1.0
/// clamp(x, low, high): x cut to [low, high].   Gradient: dy strictly inside, else 0 (at the bounds as in PyTorch 2.15).
#pragma once

#include <strata/expr/compose.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/select.hpp>

namespace strata {

template <class Where>
struct ClampLacksABound {
    static_assert(detail::never<Where>, "strata: clamp takes x and both bounds; with one of them, write maximum(x, low) or minimum(x, high)");
};
struct ClampBody {
    static constexpr auto body(const auto& x, const auto& low, const auto& high) { return select(x <= low, low, select(x >= high, high, x)); }
    static constexpr auto body(const auto& /*x*/, const auto& /*bound*/) { return Refusal<ClampLacksABound>{}; }
};
inline constexpr Composed<ClampBody> clamp{};

}  // namespace strata
