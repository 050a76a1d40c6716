// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer/dense.hpp>
#include <strata/layer/embedding.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/gelu.hpp>
#include <strata/layer/layer_norm.hpp>
#include <strata/layer/sequential.hpp>

#include "../support/cuda.cuh"

namespace strata::test {

using Net = Sequential<Embedding<5, 6>, LayerNorm, Flatten, Dense<16>, Gelu, Dense<3>>;

TEST_CASE("whole numbers as samples, whose rows are taken from a table and trained, on a device as on the host") {
    check_place<Cuda, Net, Shape<7>, float, 6>(Momentum{.rate = 0.1}, 2e-6);
}

}  // namespace strata::test
