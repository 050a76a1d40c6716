// SPDX-License-Identifier: BSL-1.0
/// Errors of CUDA's: which call failed, where, CUDA's own text, what to do, and whether this process can go on.
#pragma once

#include <cuda_runtime.h>

#include <string>

#include <strata/core/error.hpp>

namespace strata {

namespace cuda {
/// Whether any driver of NVIDIA's is installed, new enough or not.
inline bool has_driver() {
    int version = 0;
    return cudaDriverGetVersion(&version) == cudaSuccess && version > 0;
}
/// What to do about an error.   driver: whether one is installed; only asked for an error that can mean that none is.
template <class Driver>
const char* advice(cudaError_t e, Driver driver) {
    switch (e) {
        case cudaErrorMemoryAllocation: return "take smaller batches, or free what other programs hold";
        case cudaErrorNoDevice: return "run where a CUDA device is, or take the place Host";
        case cudaErrorInvalidDevice: return "take a device whose number is below cuda::devices()";
        case cudaErrorInsufficientDriver: return driver() ? "install a newer driver, or build with an older CUDA toolkit" : "no driver is installed: install NVIDIA's, or take the place Host";
        case cudaErrorUnsupportedPtxVersion: return "install a newer driver, or compile for this device's architecture (CMAKE_CUDA_ARCHITECTURES)";
        case cudaErrorInvalidKernelImage:
        case cudaErrorNoKernelImageForDevice: return "compile for this device's architecture (CMAKE_CUDA_ARCHITECTURES); Strata needs compute capability 8.0 or newer";
        case cudaErrorDevicesUnavailable: return "see with nvidia-smi who holds the device, or whether it is still there; then start the program again";
        case cudaErrorInvalidConfiguration: return "take smaller batches: a launch has no room for so many blocks";
        case cudaErrorInvalidValue:
            return "where a kernel asks for too much shared memory, compile for this device's architecture (CMAKE_CUDA_ARCHITECTURES) or pin smaller tiles; else run under compute-sanitizer to find the place";
        default: return "run under compute-sanitizer to find the place";
    }
}
inline const char* advice(cudaError_t e) { return advice(e, has_driver); }
/// Whether after an error every later call of this process fails too. Then only a new process can use the device; what is in the host's memory is whole.
inline bool ends_process(cudaError_t e) {
    switch (e) {
        case cudaErrorIllegalAddress:
        case cudaErrorLaunchFailure:
        case cudaErrorLaunchTimeout:
        case cudaErrorAssert:
        case cudaErrorHardwareStackError:
        case cudaErrorIllegalInstruction:
        case cudaErrorMisalignedAddress:
        case cudaErrorInvalidAddressSpace:
        case cudaErrorInvalidPc:
        case cudaErrorECCUncorrectable:
        case cudaErrorNvlinkUncorrectable:
        case cudaErrorContained:
        case cudaErrorTensorMemoryLeak:
        case cudaErrorExternalDevice:
        case cudaErrorContextIsDestroyed: return true;
        default: return false;
    }
}
}  // namespace cuda

/// A call of CUDA's that failed. Names the call, where it was made and CUDA's text.
class CudaError : public DeviceError {
  public:
    CudaError(cudaError_t code, const std::string& text) : DeviceError(text), code_(code) {}
    cudaError_t code() const noexcept { return code_; }
    /// Whether the device is lost to this process; else it can go on, with less or otherwise.
    bool lost() const noexcept { return cuda::ends_process(code_); }

  private:
    cudaError_t code_;
};

namespace cuda {
/// Throws CudaError.
[[noreturn]] inline void fail([[maybe_unused]] cudaError_t e, const std::string& text) {
    static_cast<void>(cudaGetLastError());  // what has been told is not to be found again by the next call that looks
#if defined(__cpp_exceptions)
    throw CudaError(e, text);
#else
    raise<DeviceError>(text);
#endif
}
/// Throws CudaError unless `e` is a success.
inline void check(cudaError_t e, const char* call, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (e == cudaSuccess) return;
    fail(e, std::string("strata: ") + call + " at " + file + ":" + std::to_string(line) + " failed: " + cudaGetErrorString(e) + " (" + cudaGetErrorName(e) + "); " +
                (ends_process(e) ? "start the program again, " : "") + advice(e));
}
}  // namespace cuda

}  // namespace strata
