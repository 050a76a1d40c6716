// SPDX-License-Identifier: BSL-1.0
/// A function as a layer.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// y = F(x), for a function of this library, a functor or a lambda without captures: Lambda<tanh>, Lambda<[](auto x) { return 2.0 * x; }>.
/// x: [batch, ...]; the batch stays.   Parameters: none.   Gradient: derived from F's expression.
template <auto F>
struct Lambda {
    template <class Where>
    struct TakesNoExpression {
        static_assert(detail::never<Where>, "strata: the function of a Lambda takes an expression and returns one; write [](auto x) { return 2.0 * x; }");
    };
    static constexpr auto forward(const auto&, Expression auto x) {
        if constexpr (requires { { F(x) } -> Expression; })
            return F(x);
        else
            return Refusal<TakesNoExpression>{};
    }
};

}  // namespace strata
