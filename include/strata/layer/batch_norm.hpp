// SPDX-License-Identifier: BSL-1.0
/// Batch normalisation.   Source: Ioffe & Szegedy, 2015.
#pragma once

#include <strata/layer/param.hpp>
#include <strata/expr/scalar.hpp>
#include <strata/op/add.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/mean.hpp>
#include <strata/op/reshape.hpp>
#include <strata/op/rsqrt.hpp>
#include <strata/op/select.hpp>
#include <strata/op/square.hpp>
#include <strata/op/subtract.hpp>

namespace strata {

/// y = (x - mean) / sqrt(var + 1e-5) scale + shift for each channel; in training by the batch's statistics (biased variance), in inference by
/// running ones (momentum 0.1, unbiased variance, as in PyTorch).
/// x: [batch, C, H, W] or [batch, C].   Parameters: 2 C, states: 2 C.
struct BatchNorm {
    template <class In>
    using Channels = std::conditional_t<In::rank == 4, Shape<extent<In, 1>, 1, 1>, Shape<extent<In, 1>>>;
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Channels<In>, Ones>, weight), (Param<Channels<In>, Zeros>, bias), (State<Channels<In>, Zeros>, mean),
                                 (State<Channels<In>, Ones>, variance));
    };
    static constexpr auto forward(const auto& p, Expression auto x, auto mode) {
        using In = typename decltype(x)::Shape;
        if constexpr (In::rank != 2 && In::rank != 4) {
            return Misfit<BatchNorm, 4, In::rank, CapacityShape<In>>{};
        } else if constexpr (mode == Mode::infer) {
            return (x - p.mean) * (rsqrt(p.variance + 1e-5) * p.weight) + p.bias;
        } else if constexpr (In::rank == 4) {
            return normalise(p, x, axes<0, 2, 3>, static_cast<double>(extent<In, 2>) * extent<In, 3>);
        } else {
            return normalise(p, x, axes<0>, 1.0);
        }
    }

  private:
    template <int... A>
    static constexpr auto normalise(const auto& p, const auto& x, Axes<A...> over, double places) {
        const auto mean = mean_keep(x, over);
        const auto centred = x - mean;
        const auto variance = mean_keep(square(centred), over);
        // n / (n - 1) with n = places count; a batch of one value keeps the biased variance.
        const auto inverse = scalar<Scalar::inverse_count>() * (1.0 / places);
        const auto unbiased = variance / select(inverse < 1.0, 1.0 - inverse, 1.0);
        using Stored = typename std::remove_cvref_t<decltype(p.mean)>::Shape;
        return updating(centred * (rsqrt(variance + 1e-5) * p.weight) + p.bias, assign(p.mean, reshape<Stored>(mean * 0.1 + p.mean * 0.9)),
                        assign(p.variance, reshape<Stored>(unbiased * 0.1 + p.variance * 0.9)));
    }
};

}  // namespace strata
