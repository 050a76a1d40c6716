// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer/batch_norm.hpp>
#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>

#include "../support/cuda.cuh"

namespace strata::test {

using Padded = Conv2d<4, 3, Sliding<1, 1, 1>, HeUniform, NoBias>;
using Net = Sequential<Padded, BatchNorm, Relu, Residual<Padded, BatchNorm, Relu, Padded, BatchNorm>, Relu, GlobalAvgPool, Dense<4>>;

TEST_CASE("a residual network on a device follows the host, running statistics too") {
    check_place<Cuda, Net, Shape<2, 6, 6>, double, 5>(Adam{.rate = 1e-3}, 1e-9);
}

}  // namespace strata::test
