// SPDX-License-Identifier: BSL-1.0
/// What every kernel on a device is given besides its type, and how the parts of a sum that blocks have made become one.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include <strata/device/cuda.cuh>
#include <strata/plan/step.hpp>

struct cublasLtContext;

namespace strata::cuda {

/// The facts of one run, in the device's memory: a captured launch stays valid when they change.
struct Facts {
    int count = 1;  ///< samples in the batch
    std::uint64_t seed = 0, step = 0;
};
/// The operands' addresses, as a kernel's parameter.
template <int N>
struct Bases {
    void* at[N == 0 ? 1 : N];
};
/// How a step is launched.
struct Launch {
    cudaStream_t stream;
    const Facts* facts;
    char* workspace;     ///< of as many bytes as the step asks for
    unsigned* tickets;   ///< zeros, and zeros again when the kernel has ended; as many as the step asks for
    int count = 0;       ///< that of the facts, for steps that libraries run; a recording of those holds for this count alone
    cublasLtContext* cublas = nullptr;  ///< for steps that are given to cuBLASLt
};

/// What the calling block has of a step: a launch may be of several steps, so kernels ask this and never the launch's own grid.
struct Share {
    unsigned x, y, z;  ///< the block's place in the step's grid
    unsigned width;    ///< of that grid, along x
    int first, count;  ///< the samples that are looked at
};
/// The share of a block in a launch of one step.
__device__ __forceinline__ Share own_share(const Facts* facts) { return {blockIdx.x, blockIdx.y, blockIdx.z, gridDim.x, 0, facts->count}; }

/// Turns of a loop in this run.
template <class Nest, int Loop>
__device__ __forceinline__ constexpr int turns(int extent, int count) {
    return Nest::bounded == Loop ? count * Nest::unit : extent;
}
constexpr long divided_up(long n, long by) { return (n + by - 1) / by; }
constexpr long at_most(long n, long most) { return n < most ? n : most; }

/// Whether the calling block is the last of `blocks` to come here, all of whose writes it sees then. All threads of the block have to call it.
__device__ __forceinline__ bool last_of(unsigned* ticket, unsigned blocks) {
    __shared__ bool last;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
        last = atomicAdd(ticket, 1u) == blocks - 1;
        if (last) *ticket = 0;
    }
    __syncthreads();
    if (last) __threadfence();
    return last;
}

/// Lets a kernel's blocks have `bytes` of shared memory beside some that are its own; above 48 KiB, both together, this has to be asked for. Its own are
/// where threads meet (team.cuh) and some numbers of each step: fewer than 16 KiB.
template <class Kernel>
void grant(Kernel* kernel, int bytes) {
    if (bytes > 32 * 1024) check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes), "cudaFuncSetAttribute");
}
/// Throws where the launch just made was refused.
inline void launched(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { check(cudaGetLastError(), "a kernel's launch", file, line); }

}  // namespace strata::cuda
