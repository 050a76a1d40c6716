// SPDX-License-Identifier: BSL-1.0
/// A function as a layer.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// y = F(x), for a function of this library, a functor or a lambda without captures: Lambda<tanh>, Lambda<[](auto x) { return 2.0 * x; }>.
/// x: [batch, ...]; the batch stays.   Parameters: none.   Gradient: derived from F's expression.
template <auto F>
struct Lambda {
    static constexpr auto forward(const auto&, Expression auto x) { return F(x); }
};

}  // namespace strata
