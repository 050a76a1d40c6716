// SPDX-License-Identifier: BSL-1.0
/// sum[i] += part[i], for gradients by a tensor that an expression holds more than once.
/// The sum is rounded where its elements have 16 bits.   Launch: a thread an element.   Needs: arrays apart from each other.   Bound: memory bandwidth.   Traffic: two arrays read, one written.
#pragma once

#include <strata/kernel/cuda/launch.cuh>

namespace strata::cuda {

template <class T, class Part>
__global__ void __launch_bounds__(256) accumulate_kernel(T* __restrict__ sum, const Part* __restrict__ part, long elements) {
    for (long i = long{blockIdx.x} * blockDim.x + threadIdx.x; i < elements; i += long{gridDim.x} * blockDim.x) sum[i] = sum[i] + part[i];
}
template <class T, class Part>
void accumulate(cudaStream_t stream, T* sum, const Part* part, long elements) {
    accumulate_kernel<<<static_cast<unsigned>(at_most(divided_up(elements, 256), 65536)), 256, 0, stream>>>(sum, part, elements);
    launched();
}

}  // namespace strata::cuda
