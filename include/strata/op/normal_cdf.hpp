// SPDX-License-Identifier: BSL-1.0
/// normal_cdf(x), the normal distribution function: (1 + erf(x / sqrt 2)) / 2.   Gradient: dy exp(-x^2 / 2) / sqrt(2 pi).
#pragma once

#include <strata/core/math.hpp>
#include <strata/expr/elementwise.hpp>
#include <strata/op/exp.hpp>
#include <strata/op/multiply.hpp>

namespace strata {

struct NormalCdfOp : Elementwise<1> {
    static constexpr auto name = "normal_cdf";
    static constexpr bool floating = true;
    static constexpr int cost = 20;
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return math::normal_cdf(x);
    }
    static constexpr auto backward(Expression auto dy, Expression auto /*y*/, Expression auto x) { return gradients(dy * (0.3989422804014327 * exp(-0.5 * (x * x)))); }
};
inline constexpr Function<NormalCdfOp> normal_cdf{};

}  // namespace strata
