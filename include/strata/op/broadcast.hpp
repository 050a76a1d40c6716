// SPDX-License-Identifier: BSL-1.0
/// broadcast_like and sum_like, each the derivative of the other: what broadcasting and folding need backwards.
#pragma once

#include <strata/expr/move.hpp>
#include <strata/expr/reduce.hpp>

namespace strata {

struct BroadcastLikeOp;

/// The sum over the axes along which a second operand has extent 1 or no axis, used in derivatives of broadcasts.
struct SumLikeOp : Reduction<Axes<>, Fold::sum> {
    static constexpr auto name = "sum";
    static constexpr unsigned mask(const Dims& x, const Dims& like) {
        unsigned m = 0;
        for (int i = 0; i < x.rank; ++i) {
            const int other = i - (x.rank - like.rank);
            if (other < 0 || (like.extent[other] == 1 && x.extent[i] != 1)) m |= 1u << i;
        }
        return m;
    }
    static constexpr Fit fit(const Dims& x, const Dims& like) {
        Fit fit{x};
        for (int i = 0; i < x.rank; ++i)
            if (mask(x, like) >> i & 1u) fit.dims.extent[i] = 1;
        return fit;
    }
    static constexpr Attributes attributes(const Dims& x, const Dims& like) { return {{static_cast<int>(Fold::sum), static_cast<int>(mask(x, like))}}; }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(strata::apply<BroadcastLikeOp>(dy, x)); }
};
inline constexpr Function<SumLikeOp> sum_like{};

/// broadcast_like(x, like): x repeated to the shape of like.   Gradient: the sum over the repeated axes.
struct BroadcastLikeOp : MovementLike<Move::broadcast> {
    static constexpr auto name = "broadcast";
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(strata::apply<SumLikeOp>(dy, x)); }
};
inline constexpr Function<BroadcastLikeOp> broadcast_like{};

/// broadcast<Shape<...>>(x): x repeated to a shape.   Gradient: as above.
template <int... D>
struct BroadcastOp : Movement<Move::broadcast> {
    static constexpr auto name = "broadcast";
    static constexpr Fit fit(const Dims& x) {
        const Dims to{sizeof...(D), {D...}};
        const Fit both = detail::broadcast(x, to);
        if (!both.ok) return both;
        if (both.dims.rank != to.rank) return Fit::misfit(to.rank, both.dims.rank);
        for (int i = 0; i < to.rank; ++i)
            if (both.dims.extent[i] != to.extent[i]) return Fit::misfit(to.extent[i], both.dims.extent[i]);
        return both;
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(strata::apply<SumLikeOp>(dy, x)); }
};
template <class S, Expression X>
constexpr auto broadcast(const X& x) {
    return []<int... D>(Shape<D...>, const auto& e) { return apply<BroadcastOp<D...>>(e); }(S{}, detail::wrap(x));
}

}  // namespace strata
