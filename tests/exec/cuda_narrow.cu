// SPDX-License-Identifier: BSL-1.0
/// Models in 16 bits on a device: they follow the host's, and keep less than in 32.
#include <strata/exec/cuda.cuh>

#include <doctest/doctest.h>

#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/pool.hpp>
#include <strata/layer/relu.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/layer/tanh.hpp>

#include "../support/cuda.cuh"

namespace strata::test {
namespace {
using Pictures = Sequential<Conv2d<5, 3>, Relu, MaxPool2d<2>, Flatten, Dense<12>, Tanh, Dense<4>>;

/// Bytes between steps of a program that trains a wide net on large batches.
using Wide = Sequential<Dense<256>, Relu, Dense<256>, Relu, Dense<10>>;
template <class Stored>
using Training = Program<detail::TrainingTrace<Wide, Shape<256>, 1024, CrossEntropy, Sgd, float, Cuda, Stored>>;
template <class Stored>
constexpr long arena = Training<Stored>::plan.arena;
static_assert(4 * arena<bf16> < 3 * arena<float>);
/// Every product and convolution of a training step reads two operands of 16 bits as they lie.
template <class P>
constexpr int narrow_products = [] {
    const auto& g = P::graph;
    int products = 0;
    for (int i = 0; i < g.nodes; ++i) {
        if (g.node[i].kind != Kind::contract && g.node[i].kind != Kind::convolution) continue;
        ++products;
        for (int k = 0; k < 2; ++k)
            if (g.node[g.node[i].in[k]].type != DType::bf16) return -1;
    }
    return products;
}();
static_assert(narrow_products<Training<bf16>> == 8);
static_assert(narrow_products<Program<detail::TrainingTrace<Pictures, Shape<2, 9, 8>, 5, CrossEntropy, Sgd, float, Cuda, bf16>>> == 8);  // of 3 layers, without a gradient of the pictures
}  // namespace

TEST_CASE("a convolutional net in bf16 on a device follows the host") {
    MESSAGE("bytes between steps: ", arena<float>, " in f32, ", arena<bf16>, " in bf16");
    check_place<Cuda, Pictures, Shape<2, 9, 8>, bf16, 5>(Momentum{.rate = 0.05}, 2e-3);
}

}  // namespace strata::test
