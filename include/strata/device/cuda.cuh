// SPDX-License-Identifier: BSL-1.0
/// The place Cuda: errors that name the call, memory and streams that free themselves. No global state; what is asked for and absent is an error.
#pragma once

#include <cuda_runtime.h>

#include <string>
#include <utility>

#include <strata/core/error.hpp>
#include <strata/device/buffer.hpp>

namespace strata {

/// One of NVIDIA's devices, the calling thread's current one.
struct Cuda {};

/// A call of CUDA's that failed. Names the call, where it was made and CUDA's text.
class CudaError : public DeviceError {
  public:
    CudaError(cudaError_t code, const std::string& text) : DeviceError(text), code_(code) {}
    cudaError_t code() const noexcept { return code_; }

  private:
    cudaError_t code_;
};

namespace cuda {
/// What to do about an error.
inline const char* advice(cudaError_t e) {
    switch (e) {
        case cudaErrorMemoryAllocation: return "take smaller batches, or free what other programs hold";
        case cudaErrorNoDevice: return "run where a CUDA device is, or take the place Host";
        case cudaErrorInsufficientDriver: return "install a newer driver, or build with an older CUDA toolkit";
        case cudaErrorNoKernelImageForDevice: return "compile for this device's architecture (CMAKE_CUDA_ARCHITECTURES)";
        default: return "run under compute-sanitizer to find the place";
    }
}
/// Throws CudaError unless `e` is a success.
inline void check(cudaError_t e, const char* call, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (e == cudaSuccess) return;
    const std::string text = std::string("strata: ") + call + " at " + file + ":" + std::to_string(line) + " failed: " + cudaGetErrorString(e) + " (" + cudaGetErrorName(e) + "); " + advice(e);
    static_cast<void>(cudaGetLastError());
#if defined(__cpp_exceptions)
    throw CudaError(e, text);
#else
    raise<DeviceError>(text);
#endif
}

/// A stream of work in order.
class Stream {
  public:
    Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags"); }
    Stream(Stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
    Stream& operator=(Stream&& other) noexcept {
        std::swap(stream_, other.stream_);
        return *this;
    }
    ~Stream() {
        if (stream_ != nullptr) static_cast<void>(cudaStreamDestroy(stream_));
    }
    cudaStream_t get() const noexcept { return stream_; }
    /// Waits until all of its work is done.   Throws CudaError where some of it failed.
    void wait() const { check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

  private:
    cudaStream_t stream_ = nullptr;
};

/// Work of a stream recorded once and launched as one, with less to do for the host.
class Recording {
  public:
    Recording() = default;
    Recording(Recording&& other) noexcept : graph_(std::exchange(other.graph_, nullptr)), nodes_(other.nodes_) {}
    Recording& operator=(Recording&& other) noexcept {
        std::swap(graph_, other.graph_);
        std::swap(nodes_, other.nodes_);
        return *this;
    }
    ~Recording() { clear(); }

    explicit operator bool() const noexcept { return graph_ != nullptr; }
    void clear() noexcept {
        if (graph_ != nullptr) static_cast<void>(cudaGraphExecDestroy(std::exchange(graph_, nullptr)));
    }
    /// Records what f puts into the stream, in place of doing it.   Throws CudaError, and what f throws; then nothing is recorded.
    template <class F>
    void record(const Stream& stream, F&& f) {
        clear();
        check(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
        struct Captured {
            cudaStream_t stream;
            cudaGraph_t graph = nullptr;
            bool open = true;
            cudaError_t end() {
                open = false;
                return cudaStreamEndCapture(stream, &graph);
            }
            ~Captured() {
                if (open) static_cast<void>(end());
                if (graph != nullptr) static_cast<void>(cudaGraphDestroy(graph));
            }
        } captured{stream.get()};
        f();
        check(captured.end(), "cudaStreamEndCapture");
        check(cudaGraphGetNodes(captured.graph, nullptr, &nodes_), "cudaGraphGetNodes");
        check(cudaGraphInstantiate(&graph_, captured.graph, 0), "cudaGraphInstantiate");
    }
    /// Launches, copies and fillings that were recorded last.
    long nodes() const noexcept { return static_cast<long>(nodes_); }
    void launch(const Stream& stream) const { check(cudaGraphLaunch(graph_, stream.get()), "cudaGraphLaunch"); }

  private:
    cudaGraphExec_t graph_ = nullptr;
    std::size_t nodes_ = 0;
};

struct Unset {};
/// Elements in a device's memory, zeroed, aligned to 256 bytes.
template <class T>
class Memory {
  public:
    Memory() = default;
    explicit Memory(long elements) : size_(elements) {
        if (elements == 0) return;
        check(cudaMalloc(&data_, bytes()), "cudaMalloc");
        check(cudaMemset(data_, 0, bytes()), "cudaMemset");
        settle();
    }
    /// Elements that are nothing until they are written.
    Memory(long elements, Unset) : size_(elements) {
        if (elements > 0) check(cudaMalloc(&data_, bytes()), "cudaMalloc");
    }
    /// A copy of the host's.
    explicit Memory(const Buffer<T>& host) : Memory(host.data(), host.size()) {}
    Memory(const T* host, long elements) : size_(elements) {
        if (size_ == 0) return;
        check(cudaMalloc(&data_, bytes()), "cudaMalloc");
        check(cudaMemcpy(data_, host, bytes(), cudaMemcpyHostToDevice), "cudaMemcpy");
        settle();
    }
    Memory(Memory&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Memory& operator=(Memory&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    Memory(const Memory& other) : size_(other.size_) {
        if (size_ == 0) return;
        check(cudaMalloc(&data_, bytes()), "cudaMalloc");
        check(cudaMemcpy(data_, other.data_, bytes(), cudaMemcpyDeviceToDevice), "cudaMemcpy");
        settle();
    }
    Memory& operator=(const Memory& other) {
        Memory copy(other);
        std::swap(data_, copy.data_);
        std::swap(size_, copy.size_);
        return *this;
    }
    ~Memory() {
        if (data_ != nullptr) static_cast<void>(cudaFree(data_));
    }

    /// An address on the device, or null.
    T* data() { return data_; }
    const T* data() const { return data_; }
    long size() const { return size_; }
    /// A copy on the host.
    Buffer<T> to_host() const {
        Buffer<T> host(size_);
        if (size_ > 0) check(cudaMemcpy(host.data(), data_, bytes(), cudaMemcpyDeviceToHost), "cudaMemcpy");
        return host;
    }

  private:
    /// Waits for the default stream, which other streams do not.
    static void settle() { check(cudaStreamSynchronize(nullptr), "cudaStreamSynchronize"); }
    std::size_t bytes() const { return static_cast<std::size_t>(size_) * sizeof(T); }

    T* data_ = nullptr;
    long size_ = 0;
};
}  // namespace cuda

template <class T>
struct MemoryOf<Cuda, T> {
    using type = cuda::Memory<T>;
};

}  // namespace strata
