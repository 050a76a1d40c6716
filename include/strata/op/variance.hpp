// SPDX-License-Identifier: BSL-1.0
/// variance(x, axes<...>) = mean((x - mean(x))^2), the biased form, in two passes so that nothing cancels.
#pragma once

#include <strata/op/mean.hpp>
#include <strata/op/square.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

/// variance_keep(x, axes<...>): the folded axes stay with extent 1.
template <Expression X, int... A>
constexpr auto variance_keep(const X& x, Axes<A...> over) {
    return mean_keep(square(x - mean_keep(x, over)), over);
}
template <Expression X, int... A>
constexpr auto variance(const X& x, Axes<A...> over) {
    return detail::drop_axes(variance_keep(x, over), over, detail::ShapeOf<X>{});
}
template <Expression X>
constexpr auto variance(const X& x) {
    return variance(x, axes<>);
}

}  // namespace strata
