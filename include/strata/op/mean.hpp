// SPDX-License-Identifier: BSL-1.0
/// Means over axes. Elements are divided before they are added, so that the sum is the last thing a kernel does.
/// Over a bounded batch the divisor is the run's count.
#pragma once

#include <strata/expr/scalar.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/sum.hpp>

namespace strata {

/// The name of mean in messages.
template <class A>
struct MeanOver {};

namespace detail {
/// x over the number of elements that a fold over A adds.
template <int... A, class E>
constexpr auto divided(const E& x, Axes<A...>) {
    if constexpr (is_misfit<E>) {
        return x;
    } else if constexpr (std::is_integral_v<typename E::Type>) {
        return TypeMisfit<MeanOver<Axes<A...>>, typename E::Type>{};  // 1/n among integers is 0, and of a mask only a cast makes numbers
    } else {
        constexpr Dims dims = E::Shape::dims();
        constexpr unsigned mask = Axes<A...>::mask(dims.rank);
        constexpr bool bounded = dims.rank > 0 && dims.extent[0] < 0 && (mask & 1u);
        constexpr double exact = [=] {
            double n = 1;
            for (int i = bounded ? 1 : 0; i < dims.rank; ++i)
                if (mask >> i & 1u) n *= capacity(dims.extent[i]);
            return n;
        }();
        if constexpr (bounded)
            return x * (scalar<Scalar::inverse_count>() * (1.0 / exact));
        else
            return x * (1.0 / exact);
    }
}
}  // namespace detail

/// mean_keep(x, axes<...>): the folded axes stay with extent 1.
template <Expression X, int... A>
constexpr auto mean_keep(const X& x, Axes<A...> over) {
    return sum_keep(detail::divided(detail::foldable<MeanOver<Axes<A...>>>(detail::wrap(x), over), over), over);
}
/// mean(x, axes<...>): over axes, which go away; without axes over all.
template <Expression X, int... A>
constexpr auto mean(const X& x, Axes<A...> over) {
    return detail::drop_axes(mean_keep(x, over), over, detail::ShapeOf<X>{});
}
/// Refused: an axis as a plain number.
template <Expression X>
constexpr auto mean(const X&, std::integral auto) {
    return detail::axis_is_plain_number<MeanOver<Axes<>>>;
}
template <Expression X>
constexpr auto mean(const X& x) {
    return mean(x, axes<>);
}

}  // namespace strata
