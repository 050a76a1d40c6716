// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer/dense.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>

#include "../support/cuda.cuh"

namespace strata::test {

using Mlp = Sequential<Dense<24>, Relu, Dense<16>, Relu, Dense<10>>;

TEST_CASE("a multi-layer perceptron on a device follows the host: double and float, batches below the capacity") {
    check_place<Cuda, Mlp, Shape<20>, double, 8>(Adam{.rate = 1e-3}, 1e-9);
    check_place<Cuda, Mlp, Shape<20>, float, 33>(Momentum{.rate = 0.1}, 2e-6);
}

}  // namespace strata::test
