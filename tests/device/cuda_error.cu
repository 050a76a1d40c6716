// SPDX-License-Identifier: BSL-1.0
#include <strata/device/cuda_error.cuh>

#include <doctest/doctest.h>

#include <string>

#include "../support/cuda_error.cuh"

namespace strata::test {

TEST_CASE("an error names the call, the place, CUDA's text and what to do") {
    const int line = __LINE__ + 1;
    const std::string text = text_of(cudaErrorInvalidValue, [] { cuda::check(cudaErrorInvalidValue, "cudaThis"); });
    CHECK(holds(text, "strata: cudaThis at "));
    CHECK(holds(text, "device/cuda_error.cu:" + std::to_string(line) + " failed: "));
    CHECK(holds(text, cudaGetErrorString(cudaErrorInvalidValue)));
    CHECK(holds(text, "(cudaErrorInvalidValue); where a kernel asks for too much shared memory, compile for this device's architecture (CMAKE_CUDA_ARCHITECTURES) or pin smaller tiles; else run under"));
    CHECK(holds(text_of(cudaErrorInvalidConfiguration, [] { cuda::check(cudaErrorInvalidConfiguration, ""); }), "; take smaller batches: a launch has no room for so many blocks"));
    CHECK(holds(text_of(cudaErrorNoDevice, [] { cuda::check(cudaErrorNoDevice, ""); }), "; run where a CUDA device is, or take the place Host"));
    CHECK(holds(text_of(cudaErrorInsufficientDriver, [] { cuda::check(cudaErrorInsufficientDriver, ""); }), "; install a newer driver"));
    for (const cudaError_t e : {cudaErrorNoKernelImageForDevice, cudaErrorInvalidKernelImage})
        CHECK(holds(text_of(e, [=] { cuda::check(e, ""); }), "(CMAKE_CUDA_ARCHITECTURES); Strata needs compute capability 8.0 or newer"));
    CHECK_NOTHROW(cuda::check(cudaSuccess, "cudaThis"));
    CHECK_THROWS_AS(cuda::check(cudaErrorInvalidValue, ""), DeviceError);
}
TEST_CASE("a driver that is absent is told from one that is too old") {
    const auto advice = [](bool installed) { return std::string(cuda::advice(cudaErrorInsufficientDriver, [=] { return installed; })); };
    CHECK(advice(false) == "no driver is installed: install NVIDIA's, or take the place Host");
    CHECK(advice(true) == "install a newer driver, or build with an older CUDA toolkit");
    int version = 0;
    CHECK(cudaDriverGetVersion(&version) == cudaSuccess);
    CHECK(cuda::has_driver() == (version > 0));
}
TEST_CASE("an error says whether the process can go on") {
    for (const cudaError_t e : {cudaErrorMemoryAllocation, cudaErrorInvalidValue, cudaErrorInvalidConfiguration, cudaErrorInvalidDevice, cudaErrorNoDevice}) CHECK_FALSE(CudaError(e, "").lost());
    for (const cudaError_t e : {cudaErrorIllegalAddress, cudaErrorLaunchFailure, cudaErrorECCUncorrectable, cudaErrorMisalignedAddress, cudaErrorContained, cudaErrorTensorMemoryLeak, cudaErrorExternalDevice})
        CHECK(CudaError(e, "").lost());
    CHECK(holds(text_of(cudaErrorIllegalAddress, [] { cuda::check(cudaErrorIllegalAddress, ""); }), "; start the program again, run under compute-sanitizer"));
    CHECK(holds(text_of(cudaErrorDevicesUnavailable, [] { cuda::check(cudaErrorDevicesUnavailable, ""); }), "nvidia-smi"));
    CHECK(holds(text_of(cudaErrorUnsupportedPtxVersion, [] { cuda::check(cudaErrorUnsupportedPtxVersion, ""); }), "; install a newer driver, or compile for this device"));
}

}  // namespace strata::test
