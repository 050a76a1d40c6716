// SPDX-License-Identifier: BSL-1.0
/// Pooling layers.
#pragma once

#include <strata/op/mean.hpp>
#include <strata/op/pool.hpp>
#include <strata/op/reshape.hpp>

namespace strata {

/// The largest of each window.   x: [batch, C, H, W] -> [batch, C, OH, OW].
template <int Kernel, class S = Sliding<Kernel>>
struct MaxPool2d {
    static constexpr auto forward(const auto&, Expression auto x) { return max_pool2d<Kernel, Kernel, S>(x); }
};
/// The mean of each window.   x: [batch, C, H, W] -> [batch, C, OH, OW].
template <int Kernel, class S = Sliding<Kernel>>
struct AvgPool2d {
    static constexpr auto forward(const auto&, Expression auto x) { return avg_pool2d<Kernel, Kernel, S>(x); }
};
/// The mean of each channel.   x: [batch, C, H, W] -> [batch, C].
struct GlobalAvgPool {
    static constexpr auto forward(const auto&, Expression auto x) {
        using In = typename decltype(x)::Shape;
        if constexpr (In::rank != 4)
            return Misfit<GlobalAvgPool, 4, In::rank, CapacityShape<In>>{};
        else
            return mean(x, axes<2, 3>);
    }
};

}  // namespace strata
