// SPDX-License-Identifier: BSL-1.0
/// Several devices: the place Cuda names one, a guard makes it the calling thread's, and what lies on another is told apart. No state of our own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <strata/device/cuda_error.cuh>

namespace strata {

/// One of NVIDIA's devices: `Cuda{1}` is the second. Without a number it is the calling thread's current one; what is made there stays there.
struct Cuda {
    int device = -1;
    friend bool operator==(Cuda, Cuda) = default;
};

namespace cuda {
/// How many devices this process sees.   Throws CudaError where there is no driver or no device.
inline int devices() {
    int n = 0;
    check(cudaGetDeviceCount(&n), "cudaGetDeviceCount");
    return n;
}
/// The calling thread's current device.
inline int current() {
    int device = 0;
    check(cudaGetDevice(&device), "cudaGetDevice");
    return device;
}
/// The place with its device's number.
inline Cuda resolved(Cuda at) { return at.device == -1 ? Cuda{current()} : at; }

/// Makes a device the calling thread's current one for a scope.
class Guard {
  public:
    /// Throws CudaError where there is no such device.
    explicit Guard(Cuda at) : before_(current()) {
        if (at.device != -1 && at.device != before_)
            check(cudaSetDevice(at.device), "cudaSetDevice");
        else
            before_ = -1;
    }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
        if (before_ >= 0) static_cast<void>(cudaSetDevice(before_));
    }

  private:
    int before_;
};

/// Whether the device takes memory from a pool in the order of a stream (cudaMallocAsync). Where it does not, memory comes from cudaMalloc, which waits
/// for the whole device.
inline bool has_pool(Cuda at) {
    int yes = 0;
    check(cudaDeviceGetAttribute(&yes, cudaDevAttrMemoryPoolsSupported, resolved(at).device), "cudaDeviceGetAttribute");
    return yes != 0;
}
/// Lets the device's pool keep up to `bytes` of freed memory for this process, in place of giving it back whenever the device comes to rest (CUDA's
/// own default, 0). It is the process's pool, which other libraries share, so nothing here does this unasked.   Returns has_pool(at).
inline bool keep_freed(Cuda at, std::size_t bytes) {
    if (!has_pool(at)) return false;
    cudaMemPool_t pool{};
    check(cudaDeviceGetMemPool(&pool, resolved(at).device), "cudaDeviceGetMemPool");
    std::uint64_t most = bytes;
    check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &most), "cudaMemPoolSetAttribute");
    return true;
}

/// The device in whose memory an address is; -1: the host's.
inline int device_of(const void* address) {
    cudaPointerAttributes facts{};
    if (address == nullptr) return -1;
    check(cudaPointerGetAttributes(&facts, address), "cudaPointerGetAttributes");
    return facts.type == cudaMemoryTypeDevice ? facts.device : -1;
}
/// Throws CudaError where `address` is in the memory of another device than `at`. Returns whether it is in the memory of a device at all.
inline bool check_device(const void* address, Cuda at, const char* what) {
    const int there = device_of(address);
    if (there >= 0 && there != at.device)
        fail(cudaErrorInvalidDevice, std::string("strata: ") + what + " of device " + std::to_string(there) + " meets a program on device " + std::to_string(at.device) +
                                         "; bring one to the other's, TensorOn<Cuda, T, D...>(x, Cuda{" + std::to_string(at.device) + "})");
    return there >= 0;
}
}  // namespace cuda

}  // namespace strata
