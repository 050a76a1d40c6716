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

/// An op that would take the bounded batch apart.
template <class Op>
struct BatchStaysWhole {
    template <class Where>
    struct Along {
        static_assert(detail::never<Where>, "strata: the bounded batch is not cut, padded or joined; choose another axis, or a batch of exact size");
    };
};

namespace detail {
/// x, or the mistake of working along an axis that it has not, or that is its bounded batch.
template <class Op, int Axis, class E>
constexpr auto along(const E& x) {
    if constexpr (is_misfit<E> || std::is_same_v<typename E::Shape, Any>) {
        return x;
    } else {
        constexpr Dims d = E::Shape::dims();
        if constexpr (Axis >= d.rank || Axis < -d.rank)
            return Misfit<Op, (Axis < 0 ? -Axis : Axis + 1), d.rank, CapacityShape<typename E::Shape>>{};
        else if constexpr (d.extent[d.axis(Axis)] < 0)
            return Refusal<BatchStaysWhole<Op>::template Along>{};
        else
            return x;
    }
}
}  // namespace detail

}  // namespace strata
