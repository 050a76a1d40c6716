// SPDX-License-Identifier: BSL-1.0
/// Calls of CUDA's that count and fail on demand: defined in the test's own program, they come before the runtime's, which they go on to.
/// Include in one source of a program alone.
#pragma once

#include <dlfcn.h>

#include <cuda_runtime.h>

namespace strata::test {

/// What is asked of the next calls, and what was seen.
struct Faults {
    int allocations = 0;
    int waits = 0;        ///< for all that a stream or the device has to do: of streams, the device, the event that was recorded last, blocking copies and those of pageable memory
    int waits_behind = 0; ///< for an event with another recorded since: the device has work meanwhile
    int fail_allocation = -1;               ///< the one with this number fails
    cudaError_t every_wait = cudaSuccess;   ///< what waiting for the device says
    cudaError_t launch = cudaSuccess;       ///< what is found after a launch
    int replays = -1;                       ///< so many recordings are launched before one fails
    cudaError_t replay = cudaSuccess;       ///< what that one says
    bool sticks = false;                    ///< so do all launches of recordings and waits after it
    bool pools = true;
};
inline Faults faults;
inline int alive = 0;                    ///< pieces of memory, streams, events and recordings that were made and are not freed
inline cudaError_t left = cudaSuccess;  ///< what a failed call left for cudaGetLastError, as CUDA's own do
inline cudaEvent_t newest = nullptr;    ///< the event that was recorded last
inline bool next_allocation_fails() {
    if (faults.allocations++ != faults.fail_allocation) return false;
    left = cudaErrorMemoryAllocation;
    return true;
}
inline cudaError_t made(cudaError_t e) {
    alive += e == cudaSuccess;
    return e;
}
inline cudaError_t freed(cudaError_t e) {
    alive -= e == cudaSuccess;
    return e;
}

template <class F>
F next(const char* name) {
    return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

}  // namespace strata::test

// nvcc defines some of these names for devices, so the functions have names of their own for the compiler, and the runtime's for the linker.
extern "C" {
cudaError_t faulty_cudaMalloc(void** to, size_t bytes) __asm__("cudaMalloc");
cudaError_t faulty_cudaMallocAsync(void** to, size_t bytes, cudaStream_t s) __asm__("cudaMallocAsync");
cudaError_t faulty_cudaHostAlloc(void** to, size_t bytes, unsigned flags) __asm__("cudaHostAlloc");
cudaError_t faulty_cudaStreamCreateWithFlags(cudaStream_t* s, unsigned flags) __asm__("cudaStreamCreateWithFlags");
cudaError_t faulty_cudaEventCreateWithFlags(cudaEvent_t* e, unsigned flags) __asm__("cudaEventCreateWithFlags");
cudaError_t faulty_cudaGraphInstantiate(cudaGraphExec_t* to, cudaGraph_t graph, unsigned long long flags) __asm__("cudaGraphInstantiate");
cudaError_t faulty_cudaFree(void* p) __asm__("cudaFree");
cudaError_t faulty_cudaFreeHost(void* p) __asm__("cudaFreeHost");
cudaError_t faulty_cudaStreamDestroy(cudaStream_t s) __asm__("cudaStreamDestroy");
cudaError_t faulty_cudaEventDestroy(cudaEvent_t e) __asm__("cudaEventDestroy");
cudaError_t faulty_cudaGraphExecDestroy(cudaGraphExec_t g) __asm__("cudaGraphExecDestroy");
cudaError_t faulty_cudaGraphDestroy(cudaGraph_t g) __asm__("cudaGraphDestroy");
cudaError_t faulty_cudaFreeAsync(void* p, cudaStream_t s) __asm__("cudaFreeAsync");
cudaError_t faulty_cudaStreamEndCapture(cudaStream_t s, cudaGraph_t* to) __asm__("cudaStreamEndCapture");
cudaError_t faulty_cudaDeviceGetAttribute(int* value, cudaDeviceAttr what, int device) __asm__("cudaDeviceGetAttribute");
cudaError_t faulty_cudaStreamSynchronize(cudaStream_t s) __asm__("cudaStreamSynchronize");
cudaError_t faulty_cudaDeviceSynchronize() __asm__("cudaDeviceSynchronize");
cudaError_t faulty_cudaEventRecord(cudaEvent_t e, cudaStream_t s) __asm__("cudaEventRecord");
cudaError_t faulty_cudaEventSynchronize(cudaEvent_t e) __asm__("cudaEventSynchronize");
cudaError_t faulty_cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) __asm__("cudaMemcpy");
cudaError_t faulty_cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t s) __asm__("cudaMemcpyAsync");
cudaError_t faulty_cudaGraphLaunch(cudaGraphExec_t g, cudaStream_t s) __asm__("cudaGraphLaunch");
cudaError_t faulty_cudaGetLastError() __asm__("cudaGetLastError");

cudaError_t faulty_cudaMalloc(void** to, size_t bytes) {
    if (strata::test::next_allocation_fails()) return cudaErrorMemoryAllocation;
    return strata::test::made(strata::test::next<cudaError_t (*)(void**, size_t)>("cudaMalloc")(to, bytes));
}
cudaError_t faulty_cudaMallocAsync(void** to, size_t bytes, cudaStream_t s) {
    if (!strata::test::faults.pools) return cudaErrorNotSupported;
    if (strata::test::next_allocation_fails()) return cudaErrorMemoryAllocation;
    return strata::test::made(strata::test::next<cudaError_t (*)(void**, size_t, cudaStream_t)>("cudaMallocAsync")(to, bytes, s));
}
cudaError_t faulty_cudaHostAlloc(void** to, size_t bytes, unsigned flags) {
    if (strata::test::next_allocation_fails()) return cudaErrorMemoryAllocation;
    return strata::test::made(strata::test::next<cudaError_t (*)(void**, size_t, unsigned)>("cudaHostAlloc")(to, bytes, flags));
}
cudaError_t faulty_cudaStreamCreateWithFlags(cudaStream_t* s, unsigned flags) {
    if (strata::test::next_allocation_fails()) return cudaErrorMemoryAllocation;
    return strata::test::made(strata::test::next<cudaError_t (*)(cudaStream_t*, unsigned)>("cudaStreamCreateWithFlags")(s, flags));
}
cudaError_t faulty_cudaEventCreateWithFlags(cudaEvent_t* e, unsigned flags) {
    if (strata::test::next_allocation_fails()) return cudaErrorMemoryAllocation;
    return strata::test::made(strata::test::next<cudaError_t (*)(cudaEvent_t*, unsigned)>("cudaEventCreateWithFlags")(e, flags));
}
cudaError_t faulty_cudaGraphInstantiate(cudaGraphExec_t* to, cudaGraph_t graph, unsigned long long flags) {
    if (strata::test::next_allocation_fails()) return cudaErrorMemoryAllocation;
    return strata::test::made(strata::test::next<cudaError_t (*)(cudaGraphExec_t*, cudaGraph_t, unsigned long long)>("cudaGraphInstantiate")(to, graph, flags));
}
cudaError_t faulty_cudaFree(void* p) { return strata::test::freed(strata::test::next<cudaError_t (*)(void*)>("cudaFree")(p)); }
cudaError_t faulty_cudaFreeHost(void* p) { return strata::test::freed(strata::test::next<cudaError_t (*)(void*)>("cudaFreeHost")(p)); }
cudaError_t faulty_cudaStreamDestroy(cudaStream_t s) { return strata::test::freed(strata::test::next<cudaError_t (*)(cudaStream_t)>("cudaStreamDestroy")(s)); }
cudaError_t faulty_cudaEventDestroy(cudaEvent_t e) { return strata::test::freed(strata::test::next<cudaError_t (*)(cudaEvent_t)>("cudaEventDestroy")(e)); }
cudaError_t faulty_cudaGraphExecDestroy(cudaGraphExec_t g) { return strata::test::freed(strata::test::next<cudaError_t (*)(cudaGraphExec_t)>("cudaGraphExecDestroy")(g)); }
cudaError_t faulty_cudaGraphDestroy(cudaGraph_t g) { return strata::test::freed(strata::test::next<cudaError_t (*)(cudaGraph_t)>("cudaGraphDestroy")(g)); }
cudaError_t faulty_cudaFreeAsync(void* p, cudaStream_t s) { return strata::test::freed(strata::test::next<cudaError_t (*)(void*, cudaStream_t)>("cudaFreeAsync")(p, s)); }
cudaError_t faulty_cudaStreamEndCapture(cudaStream_t s, cudaGraph_t* to) { return strata::test::made(strata::test::next<cudaError_t (*)(cudaStream_t, cudaGraph_t*)>("cudaStreamEndCapture")(s, to)); }
cudaError_t faulty_cudaDeviceGetAttribute(int* value, cudaDeviceAttr what, int device) {
    const cudaError_t e = strata::test::next<cudaError_t (*)(int*, cudaDeviceAttr, int)>("cudaDeviceGetAttribute")(value, what, device);
    if (what == cudaDevAttrMemoryPoolsSupported && !strata::test::faults.pools) *value = 0;
    return e;
}
cudaError_t faulty_cudaStreamSynchronize(cudaStream_t s) {
    ++strata::test::faults.waits;
    const cudaError_t e = strata::test::next<cudaError_t (*)(cudaStream_t)>("cudaStreamSynchronize")(s);
    return strata::test::faults.every_wait != cudaSuccess ? strata::test::faults.every_wait : e;
}
cudaError_t faulty_cudaDeviceSynchronize() {
    ++strata::test::faults.waits;
    return strata::test::next<cudaError_t (*)()>("cudaDeviceSynchronize")();
}
cudaError_t faulty_cudaEventRecord(cudaEvent_t e, cudaStream_t s) {
    strata::test::newest = e;
    return strata::test::next<cudaError_t (*)(cudaEvent_t, cudaStream_t)>("cudaEventRecord")(e, s);
}
cudaError_t faulty_cudaEventSynchronize(cudaEvent_t e) {
    ++(e == strata::test::newest ? strata::test::faults.waits : strata::test::faults.waits_behind);
    return strata::test::next<cudaError_t (*)(cudaEvent_t)>("cudaEventSynchronize")(e);
}
cudaError_t faulty_cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
    ++strata::test::faults.waits;
    return strata::test::next<cudaError_t (*)(void*, const void*, size_t, cudaMemcpyKind)>("cudaMemcpy")(to, from, bytes, kind);
}
cudaError_t faulty_cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t s) {
    for (const void* end : {static_cast<const void*>(to), from}) {
        cudaPointerAttributes a{};
        if (cudaPointerGetAttributes(&a, end) == cudaSuccess && a.type == cudaMemoryTypeUnregistered) ++strata::test::faults.waits;
    }
    return strata::test::next<cudaError_t (*)(void*, const void*, size_t, cudaMemcpyKind, cudaStream_t)>("cudaMemcpyAsync")(to, from, bytes, kind, s);
}
cudaError_t faulty_cudaGraphLaunch(cudaGraphExec_t g, cudaStream_t s) {
    auto& f = strata::test::faults;
    if (f.replays == 0) {
        if (f.sticks)
            f.every_wait = f.replay;
        else
            f.replays = -1;
        return f.replay;
    }
    if (f.replays > 0) --f.replays;
    return strata::test::next<cudaError_t (*)(cudaGraphExec_t, cudaStream_t)>("cudaGraphLaunch")(g, s);
}
cudaError_t faulty_cudaGetLastError() {
    const cudaError_t e = strata::test::next<cudaError_t (*)()>("cudaGetLastError")(), wanted = strata::test::faults.launch, before = strata::test::left;
    strata::test::faults.launch = strata::test::left = cudaSuccess;
    return wanted != cudaSuccess ? wanted : before != cudaSuccess ? before : e;
}
}
