// SPDX-License-Identifier: BSL-1.0
/// Memory of the host's that a device copies from and to while both go on.
#pragma once

#include <cstring>
#include <utility>

#include <strata/device/buffer.hpp>
#include <strata/device/cuda_device.cuh>

namespace strata {

namespace cuda {
/// Elements in page-locked memory of the host's, zeroed. Scarce: for what is on its way, not for data sets.
template <class T>
class Pinned {
  public:
    Pinned() = default;
    explicit Pinned(long elements, Cuda at = {}) : size_(elements) {
        if (elements == 0) return;
        const Guard guard(at);
        const std::size_t bytes = static_cast<std::size_t>(elements) * sizeof(T);
        check(cudaHostAlloc(reinterpret_cast<void**>(&data_), bytes, cudaHostAllocPortable), "cudaHostAlloc");
        std::memset(static_cast<void*>(data_), 0, bytes);
    }
    Pinned(Pinned&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Pinned& operator=(Pinned&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Pinned() {
        if (data_ != nullptr) static_cast<void>(cudaFreeHost(data_));
    }
    T* data() { return data_; }
    const T* data() const { return data_; }
    long size() const { return size_; }
    T& operator[](long i) { return data_[i]; }
    const T& operator[](long i) const { return data_[i]; }

  private:
    T* data_ = nullptr;
    long size_ = 0;
};
}  // namespace cuda

template <class T>
struct StagingOf<Cuda, T> {
    using type = cuda::Pinned<T>;
};

}  // namespace strata
