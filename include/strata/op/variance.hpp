// SPDX-License-Identifier: BSL-1.0
/// variance(x, axes<...>) = mean((x - mean(x))^2), the biased form, in two passes so that nothing cancels.
#pragma once

#include <strata/expr/compose.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/square.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

template <class A>
struct VarianceBody {
    static constexpr auto body(const auto& x) { return mean_keep(square(x - mean_keep(x, A{})), A{}); }
};
/// variance_keep(x, axes<...>): the folded axes stay with extent 1.
template <Expression X, int... A>
constexpr auto variance_keep(const X& x, Axes<A...>) {
    return Composed<VarianceBody<Axes<A...>>>{}(x);
}
template <Expression X, int... A>
constexpr auto variance(const X& x, Axes<A...> over) {
    return detail::drop_axes(variance_keep(x, over), over, detail::ShapeOf<X>{});
}
/// Refused: an axis as a plain number.
template <Expression X>
constexpr auto variance(const X&, std::integral auto) {
    return detail::axis_is_plain_number<VarianceBody<Axes<>>>;
}
template <Expression X>
constexpr auto variance(const X& x) {
    return variance(x, axes<>);
}

}  // namespace strata
