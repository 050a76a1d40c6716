// SPDX-License-Identifier: BSL-1.0
/// Aligned memory of a size fixed at its birth.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include <strata/device/place.hpp>

namespace strata {

/// Elements on the heap, zeroed, aligned to 64 bytes, with 64 bytes to spare behind them so that whole vectors may be read at the end.
/// Throws: std::bad_alloc.
template <class T>
class Buffer {
  public:
    Buffer() = default;
    explicit Buffer(long elements, Host = {})
        : data_(static_cast<T*>(::operator new(static_cast<std::size_t>(elements) * sizeof(T) + 64, std::align_val_t{64}))), size_(elements) {
        clear();
    }
    Buffer(Buffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Buffer& operator=(Buffer&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    Buffer(Buffer&& other, Host) noexcept : Buffer(std::move(other)) {}
    Buffer(const Buffer& other, Host) : Buffer(other) {}
    Buffer(const Buffer& other) : Buffer(other.size_) {
        for (long i = 0; i < size_; ++i) data_[i] = other.data_[i];
    }
    /// In place where the sizes are equal: the address stays.
    Buffer& operator=(const Buffer& other) {
        if (size_ != other.size_)
            *this = Buffer(other);
        else
            for (long i = 0; i < size_; ++i) data_[i] = other.data_[i];
        return *this;
    }
    ~Buffer() { ::operator delete(data_, std::align_val_t{64}); }

    T* data() { return data_; }
    const T* data() const { return data_; }
    long size() const { return size_; }
    T& operator[](long i) { return data_[i]; }
    const T& operator[](long i) const { return data_[i]; }
    T* begin() { return data_; }
    T* end() { return data_ + size_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }
    Host place() const { return {}; }
    /// A copy on the host, as the memories of other places give one.
    Buffer to_host() const { return *this; }
    void clear() {
        if (data_ != nullptr) __builtin_memset(static_cast<void*>(data_), 0, static_cast<std::size_t>(size_) * sizeof(T) + 64);
    }

  private:
    T* data_ = nullptr;
    long size_ = 0;
};

/// The memory of a place: BufferOn<Place, T>, made from a size (zeroed) or a Buffer<T> of the host, and a place where there are several.
template <class Place, class T>
struct MemoryOf;
template <class T>
struct MemoryOf<Host, T> {
    using type = Buffer<T>;
};
template <class Place, class T>
using BufferOn = typename MemoryOf<Place, T>::type;

/// Whether the host reads and writes the memory of a place.
template <class Place, class T>
concept within_reach_of_host = requires(const BufferOn<Place, T>& m) { m[0L]; };

/// The host's memory that a place reads and writes while the host goes on: StagingOn<Place, T>.
template <class Place, class T>
struct StagingOf;
template <class T>
struct StagingOf<Host, T> {
    using type = Buffer<T>;
};
template <class Place, class T>
using StagingOn = typename StagingOf<Place, T>::type;

}  // namespace strata
