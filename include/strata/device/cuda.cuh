// SPDX-License-Identifier: BSL-1.0
/// The place Cuda: memory on a device that frees itself and knows where it is. No global state; what is asked for and absent is an error.
#pragma once

#include <utility>

#include <strata/device/buffer.hpp>
#include <strata/device/cuda_device.cuh>
#include <strata/device/pinned.cuh>
#include <strata/device/stream.cuh>

namespace strata {

namespace cuda {
struct Unset {};
/// Elements in a device's memory, zeroed, aligned to 256 bytes; from the device's pool where it has one. It is there for every stream at once, and
/// has to be in no stream's use when it is freed.
template <class T>
class Memory {
  public:
    Memory() = default;
    explicit Memory(long elements, Cuda at = {}) : Memory(elements, Unset{}, at) {
        if (size_ == 0) return;
        const Guard guard(at_);
        check(cudaMemsetAsync(data_, 0, bytes(), nullptr), "cudaMemsetAsync");
        settle();
    }
    /// Elements that are nothing until they are written.
    Memory(long elements, Unset, Cuda at = {}) : at_(resolved(at)), size_(elements) {
        if (elements == 0) return;
        const Guard guard(at_);
        if (has_pool(at_)) {
            check(cudaMallocAsync(reinterpret_cast<void**>(&data_), bytes(), nullptr), "cudaMallocAsync");
            pooled_ = true;
            if (const cudaError_t e = cudaStreamSynchronize(nullptr); e != cudaSuccess) {
                static_cast<void>(cudaFreeAsync(data_, nullptr));
                check(e, "cudaStreamSynchronize");
            }
        } else {
            check(cudaMalloc(reinterpret_cast<void**>(&data_), bytes()), "cudaMalloc");
        }
    }
    /// A copy of the host's.
    explicit Memory(const Buffer<T>& host, Cuda at = {}) : Memory(host.data(), host.size(), at) {}
    Memory(const T* host, long elements, Cuda at = {}) : Memory(elements, Unset{}, at) { take(host); }
    Memory(Memory&& other) noexcept
        : at_(other.at_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), pooled_(other.pooled_) {}
    Memory& operator=(Memory&& other) noexcept {
        std::swap(at_, other.at_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(pooled_, other.pooled_);
        return *this;
    }
    /// On the device of the other.
    Memory(const Memory& other) : Memory(other, other.at_) {}
    Memory(const Memory& other, Cuda at) : Memory(other.size_, Unset{}, at) { take(other.data_); }
    /// In place where the sizes are equal: the address stays. The device stays wherever there was one, of what was moved from too.
    Memory& operator=(const Memory& other) {
        if (this == &other) return *this;
        if (size_ == other.size_) {
            take(other.data_);
        } else {
            Memory copy(other, at_.device < 0 ? other.at_ : at_);
            *this = std::move(copy);
        }
        return *this;
    }
    ~Memory() {
        if (data_ == nullptr) return;
        int before = -1;
        if (cudaGetDevice(&before) == cudaSuccess && before != at_.device) static_cast<void>(cudaSetDevice(at_.device));
        static_cast<void>(pooled_ ? cudaFreeAsync(data_, nullptr) : cudaFree(data_));
        if (before >= 0 && before != at_.device) static_cast<void>(cudaSetDevice(before));
    }

    /// An address on the device, or null.
    T* data() { return data_; }
    const T* data() const { return data_; }
    long size() const { return size_; }
    Cuda place() const { return at_; }
    /// A copy on the host.
    Buffer<T> to_host() const {
        Buffer<T> host(size_);
        if (size_ == 0) return host;
        const Guard guard(at_);
        check(cudaMemcpy(host.data(), data_, bytes(), cudaMemcpyDeviceToHost), "cudaMemcpy");
        return host;
    }

  private:
    /// Copies from the host's memory or a device's.
    void take(const T* from) {
        if (size_ == 0) return;
        const Guard guard(at_);
        check(cudaMemcpy(data_, from, bytes(), cudaMemcpyDefault), "cudaMemcpy");
        settle();
    }
    /// Waits for the default stream, which other streams do not.
    static void settle() { check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize"); }
    std::size_t bytes() const { return static_cast<std::size_t>(size_) * sizeof(T); }

    Cuda at_{};
    T* data_ = nullptr;
    long size_ = 0;
    bool pooled_ = false;
};
}  // namespace cuda

template <class T>
struct MemoryOf<Cuda, T> {
    using type = cuda::Memory<T>;
};

}  // namespace strata
