// SPDX-License-Identifier: BSL-1.0
/// Two-dimensional convolution.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/op/add.hpp>
#include <strata/op/conv2d.hpp>

namespace strata {

/// y[f] = sum_c w[f, c] * x[c] + b[f].   x: [batch, C, H, W] -> [batch, Out, OH, OW].   Parameters: Out (C / groups) Kernel^2 + Out.
template <int Out, int Kernel, class S = Sliding<>, class Init = HeUniform>
struct Conv2d {
    static_assert(Out > 0 && Kernel > 0, "strata: Conv2d needs at least one filter and a kernel of at least 1");
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<Out, extent<In, 1> / S::groups, Kernel, Kernel>, Init>, weight), (Param<Shape<Out, 1, 1>, Zeros>, bias));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return conv2d<S>(x, p.weight) + p.bias; }
};

}  // namespace strata
