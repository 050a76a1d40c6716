// SPDX-License-Identifier: BSL-1.0
#include <strata/device/cuda.cuh>

#include <doctest/doctest.h>

#include <string>

#include <strata/exec/cuda.cuh>
#include <strata/layer/dense.hpp>
#include <strata/layer/sequential.hpp>
#include <strata/loss/mse.hpp>
#include <strata/optim/sgd.hpp>
#include <strata/train/step.hpp>

#include "../support/cuda_error.cuh"

namespace strata::test {
namespace {

/// What `f` says where no device is.
template <class F>
std::string text_of(F f) {
    return text_of(cudaErrorNoDevice, f);
}
bool advises(const std::string& text) {
    return text.find("strata: cuda") == 0 && text.find("; run where a CUDA device is, or take the place Host") != std::string::npos;
}

}  // namespace

TEST_CASE("CUDA asked for where no device is: an error that says so, again and again, and nothing on the host in its place") {
    using Net = Sequential<Dense<3>>;
    using M = Model<Net, Shape<2>, Cuda>;
    for (int time = 0; time < 2; ++time) {
        CHECK(advises(text_of([] { cuda::Memory<float> m(4); })));
        CHECK(advises(text_of([] { cuda::Memory<float> m(Buffer<float>(4)); })));
        CHECK(advises(text_of([] { M m; })));
    }
    // The host goes on.
    Model<Net, Shape<2>> here{Seed{1}};
    TrainingStep<Model<Net, Shape<2>>, MeanSquaredError, Sgd, 2> step(here, Sgd{0.1}, Seed{1});
    const float x[] = {1, 2}, y[] = {1, 2, 3};
    CHECK(step.run(x, y, 1) > 0);
}

}  // namespace strata::test
