// SPDX-License-Identifier: BSL-1.0
/// Positions and one-hot rows.
#pragma once

#include <strata/core/math.hpp>
#include <strata/op/cast.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/reshape.hpp>

namespace strata {

/// index<N>: the numbers 0 ... N-1 as a row.   Shape: [N], int32.   Gradient: none.
template <int N>
struct IndexOp {
    static constexpr auto name = "index";
    static constexpr Kind kind = Kind::index;
    static constexpr int arity = 0;
    static constexpr bool commutative = false;
    static constexpr int cost = 1;
    using Result = std::int32_t;
    static constexpr Fit fit() { return Fit{Dims{1, {N}}}; }
    static constexpr Attributes attributes() { return {}; }
    static constexpr auto backward(Expression auto, Expression auto) { return gradients(); }
};
template <int N>
constexpr auto index() {
    return Apply<IndexOp<N>, Shape<N>, std::int32_t>{};
}

/// The name of one_hot in messages.
template <int Classes>
struct OneHot {};
/// one_hot<Classes>(labels): true at the label's place.   Shape: labels [batch], int32 or int64 -> mask [batch, Classes].   Gradient: none.
template <int Classes, Expression L>
constexpr auto one_hot(const L& labels) {
    using E = detail::Wrapped<L>;
    if constexpr (detail::is_misfit<E> || std::is_same_v<typename E::Type, std::int32_t> || std::is_same_v<typename E::Type, detail::Any>)
        return append_axis(labels) == index<Classes>();
    else if constexpr (std::is_same_v<typename E::Type, std::int64_t>)
        return append_axis(labels) == cast<std::int64_t>(index<Classes>());
    else
        return TypeMisfit<OneHot<Classes>, typename E::Type, std::int32_t>{};
}

}  // namespace strata
