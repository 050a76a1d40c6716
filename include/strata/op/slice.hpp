// SPDX-License-Identifier: BSL-1.0
/// slice: every Step-th place of an axis from Begin on, before End, as in Python.   Gradient: dy there, zero elsewhere.
#pragma once

#include <strata/op/pad.hpp>

namespace strata {

/// As the end of a slice: the end of its axis.
inline constexpr int to_end = 2147483647;

namespace detail {
/// What a slice takes of an axis.
struct Range {
    int begin, count;
};
/// Of an axis of n elements; negative bounds count from its end. Bounds beyond it make a count of 0 or a begin beyond it.
constexpr Range range_of(int n, int begin, int end, int step) {
    const int from = begin < 0 ? begin + n : begin, past = end == to_end ? n : end < 0 ? end + n : end;
    return {from, past <= from ? 0 : (past - from + step - 1) / step};
}
}  // namespace detail

// The derivative of a step: [before, count, 1, after] -> zeros behind each element -> blocks of Step in a row -> cut to x's end, padded.
template <int Axis>
struct ApartOp : Movement<Move::reshape> {
    static constexpr auto name = "reshape";
    static constexpr Fit fit(const Dims& dy) {
        Fit fit{Dims{4, {1, dy.extent[dy.axis(Axis)], 1, 1}}};
        for (int i = 0; i < dy.rank; ++i)
            if (i != dy.axis(Axis)) fit.dims.extent[i < dy.axis(Axis) ? 0 : 3] *= dy.extent[i];
        return fit;
    }
};
template <int Axis>
struct BlocksLikeOp : MovementLike<Move::reshape> {
    static constexpr auto name = "reshape";
    static constexpr Fit fit(const Dims& dy, const Dims& x) {
        Fit fit{x};
        fit.dims.extent[x.axis(Axis)] = dy.extent[1] * dy.extent[2];
        return fit;
    }
};
template <int Axis, int Begin>
struct CutToEndOp : MovementLike<Move::slice> {
    static constexpr auto name = "slice";
    static constexpr Fit fit(const Dims& dy, const Dims& x) {
        Fit fit{dy};
        const int axis = x.axis(Axis), room = x.extent[axis] - detail::range_of(x.extent[axis], Begin, to_end, 1).begin;
        if (fit.dims.extent[axis] > room) fit.dims.extent[axis] = room;
        return fit;
    }
    static constexpr Attributes attributes(const Dims& dy, const Dims&) { return {{static_cast<int>(Move::slice), dy.axis(Axis), 0, 1}}; }
};
/// Zeros around dy, to the shape of x.   Attributes: [1] axis, [2] zeros before.
template <int Axis, int Begin>
struct UnsliceOp : MovementLike<Move::pad> {
    static constexpr auto name = "pad";
    static constexpr Attributes attributes(const Dims&, const Dims& x) {
        return {{static_cast<int>(Move::pad), x.axis(Axis), detail::range_of(x.extent[x.axis(Axis)], Begin, to_end, 1).begin}};
    }
};

/// A part of an axis.   Attributes: [1] axis, [2] begin, [3] step.
template <int Axis, int Begin, int End, int Step>
struct SliceOp : Movement<Move::slice> {
    static constexpr auto name = "slice";
    static constexpr Fit fit(const Dims& x) {
        const int n = x.extent[x.axis(Axis)];
        const detail::Range r = detail::range_of(n, Begin, End, Step);
        if (r.begin < 0 || r.begin >= n) return Fit::misfit(Begin < 0 ? n : n - 1, Begin);
        if (End != to_end && (End > n || End < -n)) return Fit::misfit(n, End);
        if (r.count < 1) return Fit::misfit(1, 0);
        Fit fit{x};
        fit.dims.extent[x.axis(Axis)] = r.count;
        return fit;
    }
    static constexpr Attributes attributes(const Dims& x) {
        return {{static_cast<int>(Move::slice), x.axis(Axis), detail::range_of(x.extent[x.axis(Axis)], Begin, End, Step).begin, Step}};
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) {
        if constexpr (Step == 1) {
            return gradients(strata::apply<UnsliceOp<Axis, Begin>>(dy, x));
        } else {
            const auto blocks = strata::apply<BlocksLikeOp<Axis>>(strata::apply<PadOp<2, 0, Step - 1>>(strata::apply<ApartOp<Axis>>(dy)), x);
            return gradients(strata::apply<UnsliceOp<Axis, Begin>>(strata::apply<CutToEndOp<Axis, Begin>>(blocks, x), x));
        }
    }
};

/// A slice of no step, or backwards.
template <class Op>
struct SliceStepsForwards {
    template <class Where>
    struct Steps {
        static_assert(detail::never<Where>, "strata: a slice steps forwards; give a step of at least 1, slice<Axis, Begin, End, 2>(x) (axis, bounds and step are named here)");
    };
};

/// slice<Axis, Begin, End, Step>(x): the places Begin, Begin + Step, ... before End. A negative axis or bound counts from the end.
/// Shape: that of x with as many places along the axis.   Cost: none, a view.   A bound outside the axis, or no place at all, does not compile.
template <int Axis, int Begin, int End = to_end, int Step = 1, Expression X>
constexpr auto slice(const X& x) {
    using Op = SliceOp<Axis, Begin, End, Step>;
    if constexpr (Step >= 1)
        return apply<Op>(detail::along<Op, Axis>(detail::wrap(x)));
    else
        return Refusal<SliceStepsForwards<Op>::template Steps>{};
}

}  // namespace strata
