// SPDX-License-Identifier: BSL-1.0
/// any(m, axes<...>), all(m, axes<...>): whether a mask holds at one place of the axes, which go away, or at each; without axes over all.
/// Shape: a mask of the axes that are left.   Gradient: none.
#pragma once

#include <strata/op/cast.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/max.hpp>
#include <strata/op/min.hpp>

namespace strata {

/// The names of any and all in messages.
struct AnyOf {};
struct AllOf {};
namespace detail {
/// A mask's places as 0 and 1.
template <class Of, class M>
constexpr auto counted(const M& m) {
    using E = Wrapped<M>;
    if constexpr (is_misfit<E> || std::is_same_v<typename E::Type, bool> || std::is_same_v<typename E::Type, Any>)
        return cast<std::int32_t>(m);
    else
        return TypeMisfit<Of, typename E::Type, bool>{};
}
}  // namespace detail

/// any(m, axes<...>): whether m holds at one place.
template <Expression M, int... A>
constexpr auto any(const M& m, Axes<A...> over) {
    return detail::drop_axes(max_keep(detail::counted<AnyOf>(m), over) != 0, over, detail::ShapeOf<M>{});
}
template <Expression M>
constexpr auto any(const M& m) {
    return any(m, axes<>);
}
/// all(m, axes<...>): whether m holds at each place.
template <Expression M, int... A>
constexpr auto all(const M& m, Axes<A...> over) {
    return detail::drop_axes(min_keep(detail::counted<AllOf>(m), over) != 0, over, detail::ShapeOf<M>{});
}
template <Expression M>
constexpr auto all(const M& m) {
    return all(m, axes<>);
}

}  // namespace strata
