// SPDX-License-Identifier: BSL-1.0
/// A device for tests written for the host: Cuda's programs and kernels on memory that the host reaches as well, so that a case which reads
/// an element or moves a parameter does so on either place.
#pragma once

#include <strata/exec/cuda_expression.cuh>

#include <utility>

namespace strata::test {

struct Managed : Cuda {
    constexpr Managed(Cuda at = {}) : Cuda(at) {}
};

/// cuda::Memory's contract, and Buffer's.   Needs: no kernel at work while the host looks, which programs see to: they wait for their end.
template <class T>
class ManagedMemory {
  public:
    ManagedMemory() = default;
    explicit ManagedMemory(long elements, Managed at = {}) : at_(cuda::resolved(at)), size_(elements) {
        if (elements == 0) return;
        const cuda::Guard guard(at_);
        cuda::check(cudaMallocManaged(&data_, static_cast<std::size_t>(elements) * sizeof(T)), "cudaMallocManaged");
        __builtin_memset(static_cast<void*>(data_), 0, static_cast<std::size_t>(elements) * sizeof(T));
    }
    explicit ManagedMemory(const Buffer<T>& host, Managed at = {}) : ManagedMemory(host.size(), at) {
        for (long i = 0; i < size_; ++i) data_[i] = host[i];
    }
    ManagedMemory(const ManagedMemory& other) : ManagedMemory(other, other.at_) {}
    ManagedMemory(const ManagedMemory& other, Managed at) : ManagedMemory(other.size_, at) {
        for (long i = 0; i < size_; ++i) data_[i] = other.data_[i];
    }
    ManagedMemory(ManagedMemory&& other) noexcept : at_(other.at_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    ManagedMemory& operator=(ManagedMemory&& other) noexcept {
        std::swap(at_, other.at_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    /// In place where the sizes are equal, as the memories of places are.
    ManagedMemory& operator=(const ManagedMemory& other) {
        if (size_ != other.size_)
            *this = ManagedMemory(other);
        else
            for (long i = 0; i < size_; ++i) data_[i] = other.data_[i];
        return *this;
    }
    ~ManagedMemory() {
        if (data_ != nullptr) static_cast<void>(cudaFree(data_));
    }
    T* data() { return data_; }
    const T* data() const { return data_; }
    long size() const { return size_; }
    Managed place() const { return at_; }
    T& operator[](long i) { return data_[i]; }
    const T& operator[](long i) const { return data_[i]; }
    T* begin() { return data_; }
    T* end() { return data_ + size_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }
    Buffer<T> to_host() const {
        Buffer<T> host(size_);
        for (long i = 0; i < size_; ++i) host[i] = data_[i];
        return host;
    }

  private:
    Managed at_{};
    T* data_ = nullptr;
    long size_ = 0;
};

}  // namespace strata::test

namespace strata {
template <class T>
struct MemoryOf<test::Managed, T> {
    using type = test::ManagedMemory<T>;
};
template <class T>
struct StagingOf<test::Managed, T> : StagingOf<Cuda, T> {};
template <class Real>
struct PolicyOn<test::Managed, Real> : PolicyOn<Cuda, Real> {};
template <class P>
class Runner<test::Managed, P> : public Runner<Cuda, P> {
    using Runner<Cuda, P>::Runner;
};
template <>
struct Executor<test::Managed> : Executor<Cuda> {};
}  // namespace strata
