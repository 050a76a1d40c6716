// SPDX-License-Identifier: BSL-1.0
/// split: an axis in equal parts.   Gradient: the parts' gradients side by side.
#pragma once

#include <tuple>

#include <strata/op/slice.hpp>

namespace strata {

/// The name of split in messages.
template <int Axis, int Parts>
struct Split {};

/// A split has parts.
template <int Axis, int Parts>
struct SplitInParts {
    static_assert(Parts >= 1, "strata: an axis is split in at least one part; write split<Axis, 2>(x) for two");
};

/// auto [q, k, v] = split<-1, 3>(x): Parts slices of equal extent, as a tuple.   Cost: none, views. In a layer or a composed op x is
/// computed once; of an expression of tensors each part says it anew, as wherever an expression is used twice.
template <int Axis, int Parts, Expression X>
constexpr auto split(const X& x) {
    [[maybe_unused]] constexpr SplitInParts<Axis, Parts> fault{};
    using Name = Split<Axis, Parts>;
    const auto e = detail::along<Name, Axis>(detail::wrap(x));
    using E = std::remove_const_t<decltype(e)>;
    const auto each = [&]<int... I>(std::integer_sequence<int, I...>) {
        if constexpr (detail::is_misfit<E>) {
            return std::tuple{(static_cast<void>(I), e)...};
        } else {
            constexpr int n = extent<typename E::Shape, Axis>, part = n / (Parts < 1 ? 1 : Parts);
            if constexpr (n != part * Parts)
                return std::tuple{(static_cast<void>(I), Misfit<Name, part * Parts, n, CapacityShape<typename E::Shape>>{})...};
            else
                return std::tuple{slice<Axis, I * part, (I + 1) * part>(e)...};
        }
    };
    return each(std::make_integer_sequence<int, (Parts < 1 ? 1 : Parts)>{});
}

}  // namespace strata
