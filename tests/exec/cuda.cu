// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/cuda.cuh>

#include <cstring>

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

namespace {
__global__ void fill(float* x, int n, float value) {
    for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) x[i] = value;
}
}  // namespace
TEST_CASE("what a user puts into the default stream comes before a program that is run or started after it") {
    using M = Model<Mlp, Shape<20>, Cuda>;
    M model{Seed{1}};
    Session<M, 4> session(model);
    float x[80], y[40], wanted[40];
    for (float& v : x) v = 0.5f;
    session.run(x, 4, wanted);
    cuda::Memory<float> on(80);
    for (int turn = 0; turn < 3; ++turn) {  // launched one by one, recorded, replayed
        fill<<<1, 64>>>(on.data(), 80, 9.f);
        fill<<<1, 64>>>(on.data(), 80, 0.5f);
        session.run(on.data(), 4, y);
        CHECK(std::memcmp(y, wanted, sizeof y) == 0);
    }
    TrainingStep<M, CrossEntropy, Sgd, 4> step(model, Sgd{.rate = 0}, Seed{1});
    const std::int32_t labels[4] = {1, 2, 3, 4};
    const float loss = step.run(x, labels, 4);
    StagingOn<Cuda, float> later(1);
    for (int turn = 0; turn < 3; ++turn) {
        fill<<<1, 64>>>(on.data(), 80, 9.f);
        fill<<<1, 64>>>(on.data(), 80, 0.5f);
        step.start(on.data(), labels, 4, ConstantRate{}, later.data());
        step.finish();
        CHECK(later[0] == loss);
    }
    fill<<<1, 64>>>(model.parameters(), M::parameter_block(), 0.f);
    session.run(x, 4, y);
    for (const float v : y) CHECK(v == 0);
}

}  // namespace strata::test
