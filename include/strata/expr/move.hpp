// SPDX-License-Identifier: BSL-1.0
/// The move kind: the same elements under another index.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// Base of moves.   Attributes: [0] which move, the rest by move.
template <Move M>
struct Movement {
    static constexpr Kind kind = Kind::move;
    static constexpr int arity = 1;
    static constexpr bool commutative = false;
    static constexpr int cost = 0;
    template <class... D>
    static constexpr Attributes attributes(const D&...) {
        return {{static_cast<int>(M)}};
    }
};

/// Base of moves whose target shape is that of a second operand, which is only looked at while tracing.
template <Move M>
struct MovementLike : Movement<M> {
    static constexpr int arity = 1;
    static constexpr Fit fit(const Dims&, const Dims& like) { return Fit{like}; }
};

}  // namespace strata
