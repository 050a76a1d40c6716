// SPDX-License-Identifier: BSL-1.0
/// matmul(a, b): [..., M, K] x [..., K, N] -> [..., M, N]; a matrix b serves every batch of a.
#pragma once

#include <strata/expr/contract.hpp>
#include <strata/op/reshape.hpp>

namespace strata {

/// A product with either operand read transposed.   Gradient: two products, transposed to fit.
template <bool TA, bool TB>
struct MatmulOp : Contraction<TA, TB> {
    static constexpr auto name = "matmul";
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto a, Expression auto b) {
        if constexpr (!TA && !TB)
            return gradients(strata::apply<MatmulOp<false, true>>(dy, b), strata::apply<MatmulOp<true, false>>(a, dy));
        else if constexpr (TA && !TB)
            return gradients(strata::apply<MatmulOp<false, true>>(b, dy), strata::apply<MatmulOp<false, false>>(a, dy));
        else if constexpr (!TA && TB)
            return gradients(strata::apply<MatmulOp<false, false>>(dy, b), strata::apply<MatmulOp<true, false>>(dy, a));
        else
            return gradients(strata::apply<MatmulOp<true, true>>(b, dy), strata::apply<MatmulOp<true, true>>(dy, a));
    }
};

namespace detail {
template <bool TA, bool TB, class A, class B>
constexpr auto matmul(const A& a, const B& b) {
    using Whole = decltype(strata::apply<MatmulOp<TA, TB>>(a, b));
    if constexpr (is_misfit<Whole>) {
        return Whole{};
    } else {
        constexpr Dims da = A::Shape::dims(), db = B::Shape::dims();
        // One matrix for all batches: the batches are further rows, and the matrix's gradient one product, not a sum of many.
        if constexpr (!TA && da.rank > 2 && db.rank == 2) {
            constexpr int k = da.extent[da.rank - 1];
            constexpr long rows = A::Shape::size / k;
            return [=]<int... D>(Shape<D...>, const A& x, const B& w) {
                constexpr Dims d{sizeof...(D), {D...}};
                constexpr int n = B::Shape::dims().extent[TB ? 0 : 1];  // not of db: nvcc would capture it
                const auto y = strata::apply<MatmulOp<TA, TB>>(strata::apply<ReshapeOp<static_cast<int>(d.bounded() ? -rows : rows), k>>(x), w);
                if constexpr (sizeof...(D) == 3)
                    return strata::apply<ReshapeOp<d.extent[0], d.extent[1], n>>(y);
                else if constexpr (sizeof...(D) == 4)
                    return strata::apply<ReshapeOp<d.extent[0], d.extent[1], d.extent[2], n>>(y);
                else
                    return strata::apply<ReshapeOp<d.extent[0], d.extent[1], d.extent[2], d.extent[3], n>>(y);
            }(typename A::Shape{}, a, b);
        } else {
            return strata::apply<MatmulOp<TA, TB>>(a, b);
        }
    }
}
}  // namespace detail

template <Expression A, Expression B>
constexpr auto matmul(const A& a, const B& b) {
    return detail::matmul<false, false>(detail::wrap(a), detail::wrap(b));
}
/// matmul_transposed(a, b): [..., M, K] x [..., N, K] -> [..., M, N].
template <Expression A, Expression B>
constexpr auto matmul_transposed(const A& a, const B& b) {
    return detail::matmul<false, true>(detail::wrap(a), detail::wrap(b));
}

}  // namespace strata
