// SPDX-License-Identifier: BSL-1.0
/// softmax and its logarithms, shifted by the maximum so that nothing overflows. Derivatives are derived.
#pragma once

#include <limits>

#include <strata/expr/compose.hpp>
#include <strata/op/abs.hpp>
#include <strata/op/add.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/detach.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/log.hpp>
#include <strata/op/max.hpp>
#include <strata/op/select.hpp>
#include <strata/op/subtract.hpp>
#include <strata/op/sum.hpp>

namespace strata {

template <class A>
struct ExpShiftedBody {
    static constexpr auto body(const auto& x) { return exp(x - detach(max_keep(x, A{}))); }
};
template <class A>
struct OverSumBody {
    static constexpr auto body(const auto& e) { return e / sum_keep(e, A{}); }
};
/// The names of the three in messages.
template <class A>
struct SoftmaxOver {};
template <class A>
struct LogSoftmaxOver {};
template <class A>
struct LogSumExpOver {};

/// softmax(x, axes<...>) = exp(x) / sum(exp(x)); over the last axis unless told.
template <Expression X, int... A>
constexpr auto softmax(const X& x, Axes<A...> over) {
    return Composed<OverSumBody<Axes<A...>>>{}(Composed<ExpShiftedBody<Axes<A...>>>{}(detail::foldable<SoftmaxOver<Axes<A...>>>(detail::wrap(x), over)));
}
/// Refused: an axis as a plain number.
template <Expression X>
constexpr auto softmax(const X&, std::integral auto) {
    return detail::axis_is_plain_number<SoftmaxOver<Axes<>>>;
}
template <Expression X>
constexpr auto softmax(const X& x) {
    return softmax(x, axes<-1>);
}

template <class A>
struct ShiftedBody {
    static constexpr auto body(const auto& x) { return x - detach(max_keep(x, A{})); }
};
template <class A>
struct LessLogSumBody {
    static constexpr auto body(const auto& shifted) { return shifted - log(sum_keep(exp(shifted), A{})); }
};
/// log_softmax(x, axes<...>) = x - log(sum(exp(x))).
template <Expression X, int... A>
constexpr auto log_softmax(const X& x, Axes<A...> over) {
    return Composed<LessLogSumBody<Axes<A...>>>{}(Composed<ShiftedBody<Axes<A...>>>{}(detail::foldable<LogSoftmaxOver<Axes<A...>>>(detail::wrap(x), over)));
}
/// Refused: an axis as a plain number.
template <Expression X>
constexpr auto log_softmax(const X&, std::integral auto) {
    return detail::axis_is_plain_number<LogSoftmaxOver<Axes<>>>;
}
template <Expression X>
constexpr auto log_softmax(const X& x) {
    return log_softmax(x, axes<-1>);
}

template <class A>
struct LogSumExpBody {
    static constexpr auto body(const auto& x) {
        constexpr double inf = std::numeric_limits<double>::infinity();
        // Infinite maxima shift nothing: inf - inf would be NaN.
        const auto largest = detach(max_keep(x, A{}));
        const auto top = select(abs(largest) == inf, 0.0, largest);
        return top + log(sum_keep(exp(x - top), A{}));
    }
};
/// logsumexp(x, axes<...>) = log(sum(exp(x))), over axes, which go away; without axes over all. Of nothing but -inf it is -inf; with inf, inf.
template <Expression X, int... A>
constexpr auto logsumexp(const X& x, Axes<A...> over) {
    return detail::drop_axes(Composed<LogSumExpBody<Axes<A...>>>{}(detail::foldable<LogSumExpOver<Axes<A...>>>(detail::wrap(x), over)), over, detail::ShapeOf<X>{});
}
template <Expression X>
constexpr auto logsumexp(const X& x) {
    return logsumexp(x, axes<>);
}

}  // namespace strata
