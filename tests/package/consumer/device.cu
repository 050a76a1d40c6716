// SPDX-License-Identifier: BSL-1.0
#include <strata/core/shape.hpp>
#include <strata/device/cuda.cuh>

#include <cstdio>

__global__ void size_of_shape(long* to) { *to = strata::Shape<2, 3, 4>::size; }

int main() {
    strata::cuda::Memory<long> size(1);
    size_of_shape<<<1, 1>>>(size.data());
    strata::cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    std::printf("on the device: %ld\n", size.to_host()[0]);
}
