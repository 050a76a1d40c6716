// SPDX-License-Identifier: BSL-1.0
#include <strata/cuda.cuh>

#include <cstdio>

namespace st = strata;

// A kernel of the consumer's own, an expression and a model: each comes to 24 there.
__global__ void size_of_shape(long* to) { *to = st::Shape<2, 3, 4>::size; }

int main() {
    st::cuda::Memory<long> size(1);
    size_of_shape<<<1, 1>>>(size.data());
    st::cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");

    const auto x = st::TensorOn<st::Cuda, float, 2, 3>::full(2);
    const auto w = st::TensorOn<st::Cuda, float, 3, 4>::full(5);
    const st::TensorOn<st::Cuda, float, 2, 4> y = st::relu(st::matmul(x, w) - 6);

    const st::Model<st::Sequential<st::Dense<5, st::Ones>, st::Relu, st::Dense<1, st::Ones>>, st::Shape<3>, st::Cuda> model;
    const auto score = model(st::TensorOn<st::Cuda, float, 3>::full(1.6f));
    std::printf("on the device: %ld, %.0f, %.0f\n", size.to_host()[0], static_cast<double>(y.to_host()(1, 3)), static_cast<double>(score.to_host()(0)));
}
