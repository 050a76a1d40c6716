// SPDX-License-Identifier: BSL-1.0
/// Root mean square normalisation.   Source: Zhang & Sennrich, 2019.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/op/add.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/rsqrt.hpp>
#include <strata/op/square.hpp>

namespace strata {

/// y = x / sqrt(mean(x^2) + 1e-5) scale over the last axis: layer norm without its mean and shift, as T5 has it.   x: [..., n] -> [..., n].
/// Parameters: n.
struct RmsNorm {
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<last<In>>, Ones>, weight));
    };
    static constexpr auto forward(const auto& p, Expression auto x) {
        using In = typename decltype(x)::Shape;
        if constexpr (In::rank < 2)
            return Misfit<RmsNorm, 2, In::rank, CapacityShape<In>>{};
        else
            return x * rsqrt(mean_keep(square(x), axis<-1>) + 1e-5) * p.weight;
    }
};

}  // namespace strata
