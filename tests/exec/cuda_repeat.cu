// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer/dense.hpp>
#include <strata/layer/dropout.hpp>
#include <strata/layer/layer_norm.hpp>
#include <strata/layer/repeat.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/tanh.hpp>

#include "../support/cuda.cuh"

namespace strata::test {

using Net = Sequential<Dense<12>, Repeat<4, Dense<12>, Tanh, Dropout<0.25f>>, Repeat<3, Residual<LayerNorm, Dense<12>, Tanh>>, Dense<4>>;

TEST_CASE("loops of layers on a device follow the host; what is dropped is the same") {
    check_place<Cuda, Net, Shape<9>, double, 7>(Adam{.rate = 1e-3}, 1e-9);
}

}  // namespace strata::test
