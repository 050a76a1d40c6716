// SPDX-License-Identifier: BSL-1.0
/// concat: parts one after the other along an axis.   Gradient: each part's slice of dy.
#pragma once

#include <strata/op/broadcast.hpp>
#include <strata/op/pad.hpp>

namespace strata {

/// a where the mask is true, b elsewhere, for operands that are padding where the other one counts: there the padding drops the gradient,
/// so that it need not be masked.
struct JoinOp : Elementwise<3> {
    static constexpr auto name = "concat";
    static constexpr int masks = 1;
    template <class M, class T>
    STRATA_HD static constexpr T apply(M mask, T a, T b) {
        return math::where(mask, a, b);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto /*mask*/, Expression auto /*a*/, Expression auto /*b*/) {
        return gradients(none, dy, dy);
    }
};

/// The name of concat in messages.
template <int Axis>
struct Concat {};

/// A number has no axis to be joined along.
template <class Op>
struct NumberAmongParts {
    template <class Where>
    struct Parts {
        static_assert(detail::never<Where>, "strata: concat is given a number, which has no extent; give a tensor, or a part of the others' shape, as x * 0 + 1");
    };
};

namespace detail {
/// The shape that parts of shapes S have together, along their axis the sum.
template <int Axis, class... S>
struct Together {
    static constexpr Fit fit() {
        Fit all{};
        bool first = true;
        const auto add = [&](const Dims& d) {
            if (!all.ok) return;
            if (first) {
                all.dims = d;
                first = false;
                return;
            }
            if (d.rank != all.dims.rank) {
                all = Fit::misfit(all.dims.rank, d.rank);
                return;
            }
            for (int i = 0; i < d.rank; ++i) {
                int& e = all.dims.extent[i];
                if (i == d.axis(Axis)) {
                    e += d.extent[i];
                } else if (e == 1) {
                    e = d.extent[i];
                } else if (d.extent[i] != 1 && d.extent[i] != e) {
                    all = Fit::misfit(e, d.extent[i]);
                    return;
                }
            }
        };
        (add(S::dims()), ...);
        return all;
    }
    static constexpr Fit value = fit();
    using type = typename FitShape<Together, std::make_integer_sequence<int, value.ok ? value.dims.rank : 0>>::type;
};
/// The shape of a part of shape S among all, of shape Whole.
template <int Axis, class S, class Whole>
struct Part {
    static constexpr Fit fit() {
        Fit fit{Whole::dims()};
        fit.dims.extent[fit.dims.axis(Axis)] = S::dims().extent[fit.dims.axis(Axis)];
        return fit;
    }
    static constexpr Fit value = fit();
    using type = typename FitShape<Part, std::make_integer_sequence<int, value.dims.rank>>::type;
};
/// Part e in its place among zeros.
template <int Axis, int At, class Whole, class E>
constexpr auto in_place(const E& e) {
    return pad<Axis, At, extent<Whole, Axis> - At - extent<typename E::Shape, Axis>>(broadcast<typename Part<Axis, typename E::Shape, Whole>::type>(e));
}
template <int Axis, int, class Whole, class All>
constexpr auto joined(const All& all) {
    return all;
}
/// What counts in the first At places of `all`, and `e` after them.
template <int Axis, int At, class Whole, class All, class E>
constexpr auto followed_by(const All& all, const E& e) {
    if constexpr (std::is_same_v<typename All::Type, bool> && std::is_same_v<typename E::Type, bool>)
        return logical_or(all, e);  // padding is false
    else
        return strata::apply<JoinOp>(between<Whole, Axis, 0, At>(), all, e);
}
template <int Axis, int At, class Whole, class All, class E, class... Rest>
constexpr auto joined(const All& all, const E& e, const Rest&... rest) {
    const auto more = followed_by<Axis, At, Whole>(all, in_place<Axis, At, Whole>(e));
    if constexpr (is_misfit<std::remove_const_t<decltype(more)>>)
        return more;
    else
        return joined<Axis, At + extent<typename E::Shape, Axis>, Whole>(more, rest...);
}
template <int Axis, class E, class... Rest>
constexpr auto concat(const E& e, const Rest&... rest) {
    using All = Together<Axis, typename E::Shape, typename Rest::Shape...>;
    if constexpr (!All::value.ok)
        return Misfit<Concat<Axis>, All::value.wanted, All::value.given, CapacityShape<typename E::Shape>, CapacityShape<typename Rest::Shape>...>{};
    else
        return joined<Axis, extent<typename E::Shape, Axis>, typename All::type>(in_place<Axis, 0, typename All::type>(e), rest...);
}
}  // namespace detail

/// concat<Axis>(a, b, ...): up to 16 parts. Along the other axes their extents are equal or 1, which is repeated.
/// Shape: along the axis the sum of the parts' extents.   Cost: no kernel of its own where a map or fold reads it, else one, whatever the
/// number of parts.
template <int Axis, detail::Argument... X>
constexpr auto concat(const X&... x) {
    static_assert(sizeof...(X) >= 1 && sizeof...(X) <= 16, "strata: concat takes 1 to 16 parts; join some of them first");
    const auto all = [](const auto&... e) {
        if constexpr ((detail::is_misfit<std::remove_cvref_t<decltype(e)>> || ...))
            return detail::first_misfit(e...);
        else
            return detail::concat<Axis>(e...);
    };
    if constexpr ((std::is_arithmetic_v<X> || ...))
        return Refusal<NumberAmongParts<Concat<Axis>>::template Parts>{};
    else
        return all(detail::along<Concat<Axis>, Axis>(detail::wrap(x))...);
}

}  // namespace strata
