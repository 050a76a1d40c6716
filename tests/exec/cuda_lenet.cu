// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>

#include "../support/cuda.cuh"

namespace strata::test {

using LeNet = Sequential<Conv2d<6, 5>, Relu, MaxPool2d<2>, Conv2d<16, 5>, Relu, MaxPool2d<2>, Flatten, Dense<120>, Relu, Dense<84>, Relu, Dense<10>>;

TEST_CASE("LeNet on a device follows the host") { check_place<Cuda, LeNet, Shape<1, 28, 28>, double, 4>(Adam{.rate = 1e-3}, 1e-9); }

}  // namespace strata::test
