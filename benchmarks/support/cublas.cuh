// SPDX-License-Identifier: BSL-1.0
/// cuBLAS and cuBLASLt as baselines: products of row-major matrices.
#pragma once

#include <cublasLt.h>
#include <cublas_v2.h>

#include <memory>
#include <string>
#include <vector>

#include "bench.cuh"

namespace bench {

inline void check(cublasStatus_t s, const char* call, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (s != CUBLAS_STATUS_SUCCESS)
        throw strata::DeviceError(std::string("strata: ") + call + " at " + file + ":" + std::to_string(line) + " failed: " + cublasGetStatusString(s));
}
constexpr cudaDataType_t type_of(Number n) { return n == Number::bf16 ? CUDA_R_16BF : n == Number::f16 ? CUDA_R_16F : CUDA_R_32F; }
constexpr cublasComputeType_t compute_of(Number n) { return n == Number::tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F; }

/// A handle with a stream and a workspace of its own, so that its calls can be recorded.
class Cublas {
  public:
    Cublas() : workspace_(bytes, strata::cuda::Unset{}) {
        check(cublasCreate(&handle_), "cublasCreate");
        check(cublasSetStream(handle_, stream_.get()), "cublasSetStream");
        check(cublasSetWorkspace(handle_, workspace_.data(), bytes), "cublasSetWorkspace");
    }
    Cublas(const Cublas&) = delete;
    Cublas& operator=(const Cublas&) = delete;
    ~Cublas() { static_cast<void>(cublasDestroy(handle_)); }
    cublasHandle_t get() const { return handle_; }
    const strata::cuda::Stream& stream() const { return stream_; }
    void* workspace() { return workspace_.data(); }
    static constexpr std::size_t bytes = 32u << 20;
    static std::string version() {
        int v[3] = {};
        for (int i = 0; i < 3; ++i) static_cast<void>(cublasGetProperty(i == 0 ? MAJOR_VERSION : i == 1 ? MINOR_VERSION : PATCH_LEVEL, &v[i]));
        return std::to_string(v[0]) + '.' + std::to_string(v[1]) + '.' + std::to_string(v[2]);
    }

    /// C[m, n] = A[m, k] B[k, n], row-major: the transposes, as cuBLAS's columns.
    void product(Number n, long m, long k, long columns, const void* a, const void* b, void* c) {
        const float one = 1, zero = 0;
        check(cublasGemmEx(handle_, CUBLAS_OP_N, CUBLAS_OP_N, static_cast<int>(columns), static_cast<int>(m), static_cast<int>(k), &one, b, type_of(n), static_cast<int>(columns), a,
                           type_of(n), static_cast<int>(k), &zero, c, type_of(n), static_cast<int>(columns), compute_of(n), CUBLAS_GEMM_DEFAULT),
              "cublasGemmEx");
    }

  private:
    strata::cuda::Stream stream_;
    strata::cuda::Memory<char> workspace_;
    cublasHandle_t handle_ = nullptr;
};

/// One product by cuBLASLt, with an epilogue, by the quickest of what its heuristic offers.
class Lt {
  public:
    /// bias: null, or of the numbers' type, [columns].
    Lt(Number number, long m, long k, long columns, const void* a, const void* b, void* c, cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT, const void* bias = nullptr)
        : a_(a), b_(b), c_(c), workspace_(static_cast<long>(Cublas::bytes), strata::cuda::Unset{}) {
        check(cublasLtCreate(&handle_), "cublasLtCreate");
        check(cublasLtMatmulDescCreate(&product_, compute_of(number), CUDA_R_32F), "cublasLtMatmulDescCreate");
        check(cublasLtMatmulDescSetAttribute(product_, CUBLASLT_MATMUL_DESC_EPILOGUE, &epilogue, sizeof epilogue), "cublasLtMatmulDescSetAttribute");
        if (bias != nullptr) {
            const cudaDataType_t type = type_of(number);
            check(cublasLtMatmulDescSetAttribute(product_, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &bias, sizeof bias), "cublasLtMatmulDescSetAttribute");
            check(cublasLtMatmulDescSetAttribute(product_, CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, &type, sizeof type), "cublasLtMatmulDescSetAttribute");
        }
        const auto layout = [&](cublasLtMatrixLayout_t& l, long rows, long cols) {
            check(cublasLtMatrixLayoutCreate(&l, type_of(number), static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(cols), rows), "cublasLtMatrixLayoutCreate");
        };
        layout(left_, columns, k), layout(right_, k, m), layout(result_, columns, m);
        cublasLtMatmulPreference_t preference = nullptr;
        check(cublasLtMatmulPreferenceCreate(&preference), "cublasLtMatmulPreferenceCreate");
        const std::size_t most = Cublas::bytes;
        check(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &most, sizeof most), "cublasLtMatmulPreferenceSetAttribute");
        cublasLtMatmulHeuristicResult_t offered[8];
        int count = 0;
        check(cublasLtMatmulAlgoGetHeuristic(handle_, product_, left_, right_, result_, result_, preference, 8, offered, &count), "cublasLtMatmulAlgoGetHeuristic");
        static_cast<void>(cublasLtMatmulPreferenceDestroy(preference));
        if (count == 0) throw strata::DeviceError("strata: cuBLASLt offers nothing for this product");
        algorithm_ = offered[0].algo;
        if (count > 1 && !options().modelled) choose(offered, count);
    }
    Lt(const Lt&) = delete;
    Lt& operator=(const Lt&) = delete;
    ~Lt() {
        for (cublasLtMatrixLayout_t l : {left_, right_, result_}) static_cast<void>(cublasLtMatrixLayoutDestroy(l));
        static_cast<void>(cublasLtMatmulDescDestroy(product_));
        static_cast<void>(cublasLtDestroy(handle_));
    }
    void run() {
        const float one = 1, zero = 0;
        check(cublasLtMatmul(handle_, product_, &one, b_, left_, a_, right_, &zero, c_, result_, c_, result_, &algorithm_, workspace_.data(), Cublas::bytes, stream_.get()), "cublasLtMatmul");
    }
    const strata::cuda::Stream& stream() const { return stream_; }

  private:
    /// Takes the quickest of five runs.
    void choose(const cublasLtMatmulHeuristicResult_t* offered, int count) {
        cudaEvent_t begin, end;
        strata::cuda::check(cudaEventCreate(&begin), "cudaEventCreate");
        strata::cuda::check(cudaEventCreate(&end), "cudaEventCreate");
        float best = 1e30f;
        cublasLtMatmulAlgo_t taken = offered[0].algo;
        for (int i = 0; i < count; ++i) {
            if (offered[i].state != CUBLAS_STATUS_SUCCESS) continue;
            algorithm_ = offered[i].algo;
            run();
            strata::cuda::check(cudaEventRecord(begin, stream_.get()), "cudaEventRecord");
            for (int r = 0; r < 5; ++r) run();
            strata::cuda::check(cudaEventRecord(end, stream_.get()), "cudaEventRecord");
            strata::cuda::check(cudaEventSynchronize(end), "cudaEventSynchronize");
            float ms = 0;
            strata::cuda::check(cudaEventElapsedTime(&ms, begin, end), "cudaEventElapsedTime");
            if (ms < best) best = ms, taken = offered[i].algo;
        }
        algorithm_ = taken;
        static_cast<void>(cudaEventDestroy(begin));
        static_cast<void>(cudaEventDestroy(end));
    }
    const void *a_, *b_;
    void* c_;
    strata::cuda::Stream stream_;
    strata::cuda::Memory<char> workspace_;
    cublasLtHandle_t handle_ = nullptr;
    cublasLtMatmulDesc_t product_ = nullptr;
    cublasLtMatrixLayout_t left_ = nullptr, right_ = nullptr, result_ = nullptr;
    cublasLtMatmulAlgo_t algorithm_{};
};

}  // namespace bench
