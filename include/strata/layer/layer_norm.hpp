// SPDX-License-Identifier: BSL-1.0
/// Layer normalisation.   Source: Ba, Kiros, Hinton, 2016.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/op/add.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/rsqrt.hpp>
#include <strata/op/square.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

/// y = (x - mean) / sqrt(var + 1e-5) scale + shift over the last axis.   x: [..., n] -> [..., n].   Parameters: 2 n.
struct LayerNorm {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<last<In>>, Ones>, weight), (Param<Shape<last<In>>, Zeros>, bias));
    };
    static constexpr auto forward(const auto& p, Expression auto x) {
        using In = typename decltype(x)::Shape;
        if constexpr (In::rank < 2) {
            return Misfit<LayerNorm, 2, In::rank, CapacityShape<In>>{};
        } else {
            const auto centred = x - mean_keep(x, axis<-1>);
            return centred * rsqrt(mean_keep(square(centred), axis<-1>) + 1e-5) * p.weight + p.bias;
        }
    }
};

}  // namespace strata
