// SPDX-License-Identifier: BSL-1.0
/// Work in order on a device, marks in it, and work that was recorded: each frees itself.
#pragma once

#include <cstddef>
#include <utility>

#include <strata/device/cuda_device.cuh>

namespace strata::cuda {

/// A mark in a stream's work, that the host or another stream can wait for.
class Event {
  public:
    explicit Event(Cuda at = {}) {
        const Guard guard(at);
        check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "cudaEventCreateWithFlags");
    }
    Event(Event&& other) noexcept : event_(std::exchange(other.event_, nullptr)) {}
    Event& operator=(Event&& other) noexcept {
        std::swap(event_, other.event_);
        return *this;
    }
    ~Event() {
        if (event_ != nullptr) static_cast<void>(cudaEventDestroy(event_));
    }
    cudaEvent_t get() const noexcept { return event_; }
    /// Waits until the work before the mark is done; not at all where it was never set.
    void wait() const { check(cudaEventSynchronize(event_), "cudaEventSynchronize"); }

  private:
    cudaEvent_t event_ = nullptr;
};

/// A stream of work in order. When it ends, it waits for its work, so that memory which is freed after it is in nobody's use.
class Stream {
  public:
    /// flags: cudaStreamNonBlocking, in no order with the default stream; or cudaStreamDefault, whose work comes after what is in the default stream
    /// already, as a user's own kernels are, and before what is put there later.
    explicit Stream(Cuda at = {}, unsigned flags = cudaStreamNonBlocking) {
        const Guard guard(at);
        check(cudaStreamCreateWithFlags(&stream_, flags), "cudaStreamCreateWithFlags");
    }
    Stream(Stream&& other) noexcept : stream_(std::exchange(other.stream_, nullptr)) {}
    Stream& operator=(Stream&& other) noexcept {
        std::swap(stream_, other.stream_);
        return *this;
    }
    ~Stream() {
        if (stream_ == nullptr) return;
        static_cast<void>(cudaStreamSynchronize(stream_));
        static_cast<void>(cudaStreamDestroy(stream_));
    }
    cudaStream_t get() const noexcept { return stream_; }
    /// Waits until all of its work is done.   Throws CudaError where some of it failed.
    void wait() const { check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }
    /// Sets a mark behind the work that is in the stream now.
    void mark(const Event& event) const { check(cudaEventRecord(event.get(), stream_), "cudaEventRecord"); }
    /// Lets the work that comes next wait for a mark in another stream. The host does not.
    void wait_for(const Event& event) const { check(cudaStreamWaitEvent(stream_, event.get(), 0), "cudaStreamWaitEvent"); }

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

}  // namespace strata::cuda
