// SPDX-License-Identifier: BSL-1.0
/// softmax and its logarithms, shifted by the maximum so that nothing overflows. Derivatives are derived.
#pragma once

#include <strata/op/detach.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/log.hpp>
#include <strata/op/max.hpp>
#include <strata/op/sum.hpp>
#include <strata/op/subtract.hpp>
#include <strata/op/add.hpp>

namespace strata {

/// softmax(x, axes<...>) = exp(x) / sum(exp(x)); over the last axis unless told.
template <Expression X, int... A>
constexpr auto softmax(const X& x, Axes<A...> over) {
    const auto e = exp(x - detach(max_keep(x, over)));
    return e / sum_keep(e, over);
}
template <Expression X>
constexpr auto softmax(const X& x) {
    return softmax(x, axes<-1>);
}

/// log_softmax(x, axes<...>) = x - log(sum(exp(x))).
template <Expression X, int... A>
constexpr auto log_softmax(const X& x, Axes<A...> over) {
    const auto shifted = x - detach(max_keep(x, over));
    return shifted - log(sum_keep(exp(shifted), over));
}
template <Expression X>
constexpr auto log_softmax(const X& x) {
    return log_softmax(x, axes<-1>);
}

/// logsumexp(x, axes<...>) = log(sum(exp(x))); the axes go away.
template <Expression X, int... A>
constexpr auto logsumexp(const X& x, Axes<A...> over) {
    const auto top = detach(max_keep(x, over));
    return detail::drop_axes(top + log(sum_keep(exp(x - top), over)), over, detail::ShapeOf<X>{});
}

}  // namespace strata
