// SPDX-License-Identifier: BSL-1.0
/// pad: zeros, or any other value, before and after along an axis.   Gradient: that of what lies between; the value's, of what lies around.
#pragma once

#include <strata/expr/move.hpp>
#include <strata/op/index.hpp>
#include <strata/op/logical.hpp>
#include <strata/op/select.hpp>

namespace strata {

/// What pad put zeros around: as long along the axis as a second operand, from Before on.   Attributes: [1] axis, [2] begin, [3] step.
template <int Axis, int Before>
struct UnpadOp : MovementLike<Move::slice> {
    static constexpr auto name = "slice";
    static constexpr Fit fit(const Dims& dy, const Dims& x) {
        Fit fit{dy};
        fit.dims.extent[dy.axis(Axis)] = x.extent[x.axis(Axis)];
        return fit;
    }
    static constexpr Attributes attributes(const Dims& dy, const Dims&) { return {{static_cast<int>(Move::slice), dy.axis(Axis), Before, 1}}; }
};

/// Zeros along an axis.   Attributes: [1] axis, [2] zeros before.
template <int Axis, int Before, int After>
struct PadOp : Movement<Move::pad> {
    static constexpr auto name = "pad";
    static constexpr Fit fit(const Dims& x) {
        Fit fit{x};
        fit.dims.extent[x.axis(Axis)] += Before + After;
        return fit;
    }
    static constexpr Attributes attributes(const Dims& x) { return {{static_cast<int>(Move::pad), x.axis(Axis), Before}}; }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(strata::apply<UnpadOp<Axis, Before>>(dy, x)); }
};

/// pad<Axis, Before, After>(x): zeros (false) before and after along an axis; a negative axis counts from the end.
/// Shape: that of x with Before + After more.   Cost: none of its own where a map or fold reads it; for others it is copied.
template <int Axis, int Before, int After = Before, Expression X>
constexpr auto pad(const X& x) {
    static_assert(Before >= 0 && After >= 0, "strata: pad adds; to take away, use slice");
    using Op = PadOp<Axis, Before, After>;
    return apply<Op>(detail::along<Op, Axis>(detail::wrap(x)));
}

namespace detail {
/// True at the places [Begin, End) of an axis.   Shape: the axis, of extent N, with Behind axes of extent 1 after it.
template <int N, int Begin, int End, int... One>
constexpr auto between(std::integer_sequence<int, One...>) {
    const auto place = reshape<Shape<N, (One * 0 + 1)...>>(index<N>());
    if constexpr (Begin == 0)
        return place < End;
    else if constexpr (End == N)
        return place >= Begin;
    else
        return logical_and(place >= Begin, place < End);
}
/// The same for axis Axis of shape S.
template <class S, int Axis, int Begin, int End>
constexpr auto between() {
    constexpr Dims d = S::dims();
    return detail::between<d.extent[d.axis(Axis)], Begin, End>(std::make_integer_sequence<int, d.rank - 1 - d.axis(Axis)>{});
}
template <int Axis, int Before, int After, class E, class V>
constexpr auto padded_with(const E& zeros, const V& value) {
    if constexpr (is_misfit<E>) {
        return zeros;
    } else {
        using S = typename E::Shape;
        return select(between<S, Axis, Before, extent<S, Axis> - After>(), zeros, value);
    }
}
}  // namespace detail

/// The same with a value, a number or anything that broadcasts to the result, in place of zeros.
template <int Axis, int Before, int After = Before, Expression X, detail::Argument V>
constexpr auto pad(const X& x, const V& value) {
    return detail::padded_with<Axis, Before, After>(pad<Axis, Before, After>(x), detail::wrap(value));
}

}  // namespace strata
