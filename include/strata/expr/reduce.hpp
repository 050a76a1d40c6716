// SPDX-License-Identifier: BSL-1.0
/// The reduce kind: folds over axes.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// Axes to fold over; negative ones count from the end; none means all.
template <int... A>
struct Axes {
    static constexpr unsigned mask(int rank) {
        if (sizeof...(A) == 0) return (1u << rank) - 1;
        return (0u | ... | ((A < 0 ? A + rank : A) < 0 ? 0u : 1u << (A < 0 ? A + rank : A)));
    }
    /// The first axis that a shape of this rank does not have, or -1.
    static constexpr int missing(int rank) {
        int bad = -1;
        ((bad = (bad < 0 && (A >= rank || A < -rank)) ? (A < 0 ? -A - 1 : A) : bad), ...);
        return bad;
    }
    /// How many different axes are named.
    static constexpr int distinct(int rank) {
        int n = 0;
        for (int i = 0; i < rank; ++i) n += static_cast<int>(mask(rank) >> i & 1u);
        return n;
    }
    /// Whether one is named twice.
    static constexpr bool repeats(int rank) { return sizeof...(A) > 0 && distinct(rank) != static_cast<int>(sizeof...(A)); }
};
template <int... A>
inline constexpr Axes<A...> axes{};
template <int A>
inline constexpr Axes<A> axis{};

/// Op folds over an axis that is named twice.
template <class Op, class S>
struct AxisNamedTwice {
    template <class Where>
    struct Along {
        static_assert(detail::never<Where>, "strata: an axis is named twice; name each once (a negative one counts from the end: -1 is the last)");
    };
};

/// Op is given the number of an axis as it is given data.
template <class Op>
struct AxisIsPlainNumber {
    template <class Where>
    struct Along {
        static_assert(detail::never<Where>, "strata: an axis is known while compiling; write axis<1> for 1, axes<0, 1> for several, as sum(x, axis<1>)");
    };
};

namespace detail {
template <class Op>
inline constexpr Refusal<AxisIsPlainNumber<Op>::template Along> axis_is_plain_number{};

/// x, or the mistake of folding it over axes that it has not, or has named twice, under the name of the op that users called.
template <class Name, int... A, class E>
constexpr auto foldable(const E& x, Axes<A...>) {
    if constexpr (is_misfit<E> || std::is_same_v<typename E::Shape, Any>) {
        return x;
    } else {
        constexpr int rank = E::Shape::dims().rank, missing = Axes<A...>::missing(rank);
        if constexpr (missing >= 0)
            return Misfit<Name, missing + 1, rank, CapacityShape<typename E::Shape>>{};
        else if constexpr (Axes<A...>::repeats(rank))
            return Refusal<AxisNamedTwice<Name, CapacityShape<typename E::Shape>>::template Along>{};
        else
            return x;
    }
}
}  // namespace detail

/// Base of folds. Folded axes stay with extent 1.   Attributes: [0] fold, [1] mask of axes.
template <class A, Fold F>
struct Reduction {
    static constexpr Kind kind = Kind::reduce;
    static constexpr int arity = 1;
    static constexpr bool commutative = false;
    static constexpr int cost = 1;

    static constexpr Fit fit(const Dims& x) {
        if (A::missing(x.rank) >= 0) return Fit::misfit(A::missing(x.rank) + 1, x.rank);
        if (A::repeats(x.rank)) return Fit::misfit(A::distinct(x.rank) + 1, A::distinct(x.rank));
        Fit fit{x};
        for (int i = 0; i < x.rank; ++i)
            if (A::mask(x.rank) >> i & 1u) fit.dims.extent[i] = 1;
        return fit;
    }
    static constexpr Attributes attributes(const Dims& x) { return {{static_cast<int>(F), static_cast<int>(A::mask(x.rank))}}; }
};

}  // namespace strata
