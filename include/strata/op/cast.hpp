// SPDX-License-Identifier: BSL-1.0
/// cast<T>(x): x as another element type.   Gradient: dy (none for integers and masks).
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>

namespace strata {

template <class To>
struct CastOp : Elementwise<1> {
    static constexpr auto name = "cast";
    static constexpr bool converts = true;
    using Result = To;
    template <class T>
    STRATA_HD static constexpr auto apply(T x) {
        return math::cast<To>(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto /*x*/) { return gradients(dy); }
};
template <class To, detail::Argument X>
constexpr auto cast(const X& x) {
    return apply<CastOp<To>>(detail::wrap(x));
}

}  // namespace strata
