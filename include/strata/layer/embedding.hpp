// SPDX-License-Identifier: BSL-1.0
/// Embeddings: a row of a table for each whole number.
#pragma once

#include <cstdint>

#include <strata/layer/param.hpp>
#include <strata/op/take.hpp>

namespace strata {

/// y[..., :] = weight[x[...], :].   x: int32, [batch, ...] -> y: [batch, ..., Width].   Parameters: Vocabulary Width.
/// Init: as in PyTorch, normal of deviation 1.   A model's first layer: its samples are whole numbers then, 0 to Vocabulary - 1; any other gives a row of NaN, as take does.
template <int Vocabulary, int Width, class Init = Normal<1000>>
struct Embedding {
    using Takes = std::int32_t;
    template <class In>
    struct Parameters {
        BOOST_HANA_DEFINE_STRUCT(Parameters, (Param<Shape<Vocabulary, Width>, Init>, weight));
    };
    static constexpr auto forward(const auto& p, Expression auto x) { return take(p.weight, x); }
};

}  // namespace strata
