// SPDX-License-Identifier: BSL-1.0
/// matmul(a, b): [..., M, K] x [..., K, N] -> [..., M, N]; the axes before the last two broadcast, as in NumPy.
#pragma once

#include <strata/expr/contract.hpp>
#include <strata/op/broadcast.hpp>
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
/// Whether a shape is of one matrix.
constexpr bool one_matrix(const Dims& d) {
    for (int i = 0; i + 2 < d.rank; ++i)
        if (d.extent[i] != 1) return false;
    return true;
}
/// Shapes that an operand of shape S is brought to before a product of shape Y.
enum class Batches {
    rows,    ///< a matrix of all rows
    matrix,  ///< the one matrix that it is
    whole,   ///< Y's batches
    joined,  ///< these along one axis, as kernels take them
};
template <class S, class Y, Batches To>
struct BatchesAs {
    static constexpr Fit value = [] {
        constexpr Dims s = S::dims(), y = Y::dims();
        const int below = s.extent[s.rank - 2], last = s.extent[s.rank - 1];
        const auto joined = [=](long n) { return static_cast<int>(y.bounded() ? -n : n); };
        if (To == Batches::rows) return Fit{Dims{2, {joined(S::size / last), last}}};
        if (To == Batches::matrix) return Fit{Dims{2, {below, last}}};
        if (To == Batches::joined) return Fit{Dims{3, {joined(Y::size / y.extent[y.rank - 2] / y.extent[y.rank - 1]), below, last}}};
        Fit fit{y};
        fit.dims.extent[y.rank - 2] = below, fit.dims.extent[y.rank - 1] = last;
        return fit;
    }();
    using type = typename FitShape<BatchesAs, std::make_integer_sequence<int, value.dims.rank>>::type;
};
template <Batches To, class Y, class E>
constexpr auto batches_as(const E& e) {
    if constexpr (To == Batches::whole)
        return broadcast<typename BatchesAs<typename E::Shape, Y, To>::type>(e);
    else
        return reshape<typename BatchesAs<typename E::Shape, Y, To>::type>(e);
}
/// An operand of several batch axes: a matrix where it is one for all, else all batches along one axis.
template <class Y, class E>
constexpr auto batches_joined(const E& e) {
    if constexpr (one_matrix(E::Shape::dims()))
        return batches_as<Batches::matrix, Y>(e);
    else
        return batches_as<Batches::joined, Y>(batches_as<Batches::whole, Y>(e));
}
template <bool TB, class A, class B>
constexpr auto matmul(const A& a, const B& b) {
    using Whole = decltype(strata::apply<MatmulOp<false, TB>>(a, b));
    if constexpr (is_misfit<Whole> || std::is_same_v<typename Whole::Shape, Any>) {
        return strata::apply<MatmulOp<false, TB>>(a, b);
    } else {
        using Y = typename Whole::Shape;
        // One matrix for all batches: the batches are further rows, and the matrix's gradient one product, not a sum of many.
        if constexpr (Y::rank > 2 && one_matrix(B::Shape::dims()))
            return reshape<Y>(strata::apply<MatmulOp<false, TB>>(batches_as<Batches::rows, Y>(a), batches_as<Batches::matrix, Y>(b)));
        else if constexpr (Y::rank > 3)
            return reshape<Y>(strata::apply<MatmulOp<false, TB>>(batches_joined<Y>(a), batches_joined<Y>(b)));
        else
            return strata::apply<MatmulOp<false, TB>>(a, b);
    }
}
}  // namespace detail

/// matmul of a number.
struct MatmulByNumber {
    template <class Where>
    struct Operand {
        static_assert(detail::never<Where>, "strata: matmul multiplies matrices; by a number multiply with *, as x * 2.0f");
    };
};
/// Refused: a number in place of a matrix.
template <detail::Argument A, detail::Argument B>
    requires(std::is_arithmetic_v<A> || std::is_arithmetic_v<B>)
constexpr auto matmul(const A&, const B&) {
    return Refusal<MatmulByNumber::template Operand>{};
}
template <Expression A, Expression B>
constexpr auto matmul(const A& a, const B& b) {
    return detail::matmul<false>(detail::wrap(a), detail::wrap(b));
}
/// matmul_transposed(a, b): [..., M, K] x [..., N, K] -> [..., M, N].
template <Expression A, Expression B>
constexpr auto matmul_transposed(const A& a, const B& b) {
    return detail::matmul<true>(detail::wrap(a), detail::wrap(b));
}

}  // namespace strata
