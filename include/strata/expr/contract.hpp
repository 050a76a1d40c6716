// SPDX-License-Identifier: BSL-1.0
/// The contract kind: matrix products over the last two axes, batched over those before.
#pragma once

#include <strata/expr/expression.hpp>

namespace strata {

/// Base of matrix products; TA and TB say that an operand is read transposed.   Attributes: [0] TA, [1] TB.
/// Shapes: [..., M, K] x [..., K, N] -> [..., M, N]; the axes before broadcast: kernels read what is one for all batches in place.
template <bool TA, bool TB>
struct Contraction {
    static constexpr Kind kind = Kind::contract;
    static constexpr int arity = 2;
    static constexpr bool commutative = false;
    static constexpr int cost = 1;

    static constexpr Fit fit(const Dims& a, const Dims& b) {
        if (a.rank < 2) return Fit::misfit(2, a.rank);
        if (b.rank < 2) return Fit::misfit(2, b.rank);
        const int m = a.extent[a.rank - (TA ? 1 : 2)], ka = a.extent[a.rank - (TA ? 2 : 1)];
        const int kb = b.extent[b.rank - (TB ? 1 : 2)], n = b.extent[b.rank - (TB ? 2 : 1)];
        if (ka != kb) return Fit::misfit(kb, ka);
        Dims before_a = a, before_b = b;
        before_a.rank -= 2, before_b.rank -= 2;
        Fit fit = detail::broadcast(before_a, before_b);
        if (!fit.ok) return fit;
        fit.dims.extent[fit.dims.rank++] = m;
        for (int i = 1; i < fit.dims.rank; ++i)
            if (fit.dims.extent[i] < 0) return Fit::misfit(1, fit.dims.extent[i]);  // a bounded batch is the first axis
        fit.dims.extent[fit.dims.rank++] = n;
        return fit;
    }
    static constexpr Attributes attributes(const Dims&, const Dims&) { return {{TA, TB}}; }
};

}  // namespace strata
