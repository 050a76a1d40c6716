// SPDX-License-Identifier: BSL-1.0
/// Two-dimensional convolution.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/op/add.hpp>
#include <strata/op/conv2d.hpp>

namespace strata {

namespace detail {
/// The groups of a Sliding; 1 where there are none, which conv2d tells.
template <class S>
inline constexpr int groups_of = 1;
template <Slides S>
    requires(S::groups > 0)
inline constexpr int groups_of<S> = S::groups;
}  // namespace detail

/// y[f] = sum_c w[f, c] * x[c] + b[f].   x: [batch, C, H, W] -> [batch, Out, OH, OW].   Parameters: Out (C / groups) Kernel^2 + Out.
/// Bias: how b begins; `Conv2d<64, 3, Sliding<1, 1, 1>, HeUniform, NoBias>` has none.
template <int Out, int Kernel, class S = Sliding<>, class Init = HeUniform, class Bias = Zeros>
struct Conv2d {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<Out, extent<In, 1> / detail::groups_of<S>, Kernel, Kernel>, Init>, weight), (Param<Shape<Out, 1, 1>, Bias>, bias));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return conv2d<S>(x, p.weight) + p.bias; }
};
template <int Out, int Kernel, class S, class Init>
struct Conv2d<Out, Kernel, S, Init, NoBias> {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<Out, extent<In, 1> / detail::groups_of<S>, Kernel, Kernel>, Init>, weight));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return conv2d<S>(x, p.weight); }
};

}  // namespace strata
