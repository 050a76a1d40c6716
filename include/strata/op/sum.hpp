// SPDX-License-Identifier: BSL-1.0
/// Sums over axes.   Gradient: dy for every element.
#pragma once

#include <strata/expr/reduce.hpp>
#include <strata/op/broadcast.hpp>
#include <strata/op/reshape.hpp>

namespace strata {

template <class A>
struct SumOp : Reduction<A, Fold::sum> {
    static constexpr auto name = "sum";
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(strata::apply<BroadcastLikeOp>(dy, x)); }
};

/// sum_keep(x, axes<...>): the folded axes stay with extent 1, so that the result broadcasts against x.
template <Expression X, int... A>
constexpr auto sum_keep(const X& x, Axes<A...> over) {
    return apply<SumOp<Axes<A...>>>(detail::foldable<SumOp<Axes<A...>>>(detail::wrap(x), over));
}

namespace detail {
template <class S, class A, class I>
struct Dropped;
/// The shape without the axes in A.
template <int... D, int... A, int... I>
struct Dropped<Shape<D...>, Axes<A...>, std::integer_sequence<int, I...>> {
    static constexpr Dims dims = [] {
        const int extent[] = {D..., 0};
        Dims d{};
        for (int i = 0; i < static_cast<int>(sizeof...(D)); ++i)
            if (!(Axes<A...>::mask(sizeof...(D)) >> i & 1u)) d.extent[d.rank++] = extent[i];
        return d;
    }();
    template <class J>
    struct Make;
    template <int... J>
    struct Make<std::integer_sequence<int, J...>> {
        using type = Shape<dims.extent[J]...>;
    };
    using type = typename Make<std::make_integer_sequence<int, dims.rank>>::type;
};
/// Drops the folded axes of a fold that kept them.
template <int... A, class E, class S>
constexpr auto drop_axes(const E& folded, Axes<A...>, S) {
    if constexpr (is_misfit<E>)
        return folded;
    else
        return reshape<typename Dropped<S, Axes<A...>, std::make_integer_sequence<int, S::rank>>::type>(folded);
}
template <class X>
using ShapeOf = typename Wrapped<X>::Shape;
}  // namespace detail

/// sum(x, axes<...>): the sum over axes, which go away; without axes over all.
template <Expression X, int... A>
constexpr auto sum(const X& x, Axes<A...> over) {
    return detail::drop_axes(sum_keep(x, over), over, detail::ShapeOf<X>{});
}
/// Refused: an axis as a plain number.
template <Expression X>
constexpr auto sum(const X&, std::integral auto) {
    return detail::axis_is_plain_number<SumOp<Axes<>>>;
}
template <Expression X>
constexpr auto sum(const X& x) {
    return sum(x, axes<>);
}

}  // namespace strata
