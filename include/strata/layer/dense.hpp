// SPDX-License-Identifier: BSL-1.0
/// Fully connected layers.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/op/add.hpp>
#include <strata/op/matmul.hpp>

namespace strata {

/// y = x W + b.   x: [batch, ..., in] -> y: [batch, ..., Out].   Parameters: (in + 1) Out.
/// W is [in, out], as the formula has it; PyTorch's Linear keeps its transpose, [out, in]: turn it when weights come from there, a square one does not tell.
/// Bias: how b begins; `Dense<64, GlorotUniform, NoBias>` has none.
template <int Out, class Init = GlorotUniform, class Bias = Zeros>
struct Dense {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<last<In>, Out>, Init>, weight), (Param<Shape<Out>, Bias>, bias));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return matmul(x, p.weight) + p.bias; }
};
template <int Out, class Init>
struct Dense<Out, Init, NoBias> {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<last<In>, Out>, Init>, weight));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return matmul(x, p.weight); }
};

}  // namespace strata
