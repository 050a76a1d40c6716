// SPDX-License-Identifier: BSL-1.0
/// Layers that change the shape of a sample only.
#pragma once

#include <strata/op/reshape.hpp>

namespace strata {

/// x: [batch, ...] -> [batch, product of the rest].
struct Flatten {
    static constexpr auto forward(const auto&, Expression auto x) { return flatten(x); }
};
/// x: [batch, ...] -> [batch, D...]; the number of elements stays.
template <int... D>
struct Reshape {
    static constexpr auto forward(const auto&, Expression auto x) {
        return reshape<Shape<extent<typename decltype(x)::Shape, 0>, D...>>(x);
    }
};

}  // namespace strata
