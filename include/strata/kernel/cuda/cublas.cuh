// SPDX-License-Identifier: BSL-1.0
/// Large plain products by cuBLASLt, where the project is built with STRATA_CUBLAS: nothing is computed of their left operand before, and of their
/// result after no more than the sum with a bias along its rows. All others, and those whose tiles a policy gives, stay with contract.cuh.
/// Launch: cuBLASLt's own choice for the product of this run; it can be recorded, for this run's count.   Needs: the library's handle in the Launch.
/// Bound and traffic: the library's.   Numbers are multiplied as the step says: f32, tf32, bf16 and f16 with sums in f32; the order of a sum is the library's.
#pragma once

#if __has_include(<cublasLt.h>)
#include <cublasLt.h>

#include <strata/kernel/cuda/product.cuh>

namespace strata::cuda {

/// Throws DeviceError unless `s` is a success.
inline void check(cublasStatus_t s, const char* call, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (s != CUBLAS_STATUS_SUCCESS)
        raise<DeviceError>(std::string("strata: ") + call + " at " + file + ":" + std::to_string(line) + " failed: " + cublasLtGetStatusString(s) + " (" + cublasLtGetStatusName(s) +
                           "); update cuBLAS, or build without STRATA_CUBLAS");
}

/// cuBLASLt as a program uses it.
class CublasLt {
  public:
    explicit CublasLt(Cuda at = {}) {
        const Guard guard(at);
        check(cublasLtCreate(&handle_), "cublasLtCreate");
    }
    CublasLt(CublasLt&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    CublasLt& operator=(CublasLt&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~CublasLt() {
        if (handle_ != nullptr) static_cast<void>(cublasLtDestroy(handle_));
    }
    cublasLtHandle_t get() const noexcept { return handle_; }

  private:
    cublasLtHandle_t handle_ = nullptr;
};

/// A matrix of cuBLASLt's, in columns.
struct LtMatrix {
    cudaDataType_t type;
    long rows, columns, apart;  ///< apart: elements from one column to the next
    long batch;                 ///< elements from one matrix to the next
};
/// One call: d = op(a) op(b) [+ bias].
struct LtProduct {
    LtMatrix a, b, d;
    bool a_transposed, b_transposed, tf32, biased;
    int batches;
};
inline constexpr long lt_workspace = 32l << 20;

/// Puts a product into the stream.   workspace: lt_workspace bytes.
inline void run_lt(cublasLtHandle_t handle, const LtProduct& p, const void* a, const void* b, const void* bias, void* d, void* workspace, cudaStream_t stream) {
    struct Made {
        cublasLtMatmulDesc_t product = nullptr;
        cublasLtMatrixLayout_t layout[3] = {};
        cublasLtMatmulPreference_t preference = nullptr;
        ~Made() {
            if (preference != nullptr) static_cast<void>(cublasLtMatmulPreferenceDestroy(preference));
            for (cublasLtMatrixLayout_t l : layout)
                if (l != nullptr) static_cast<void>(cublasLtMatrixLayoutDestroy(l));
            if (product != nullptr) static_cast<void>(cublasLtMatmulDescDestroy(product));
        }
    } made;
    const auto describe = [&](cublasLtMatmulDescAttributes_t what, const auto& value) { check(cublasLtMatmulDescSetAttribute(made.product, what, &value, sizeof value), "cublasLtMatmulDescSetAttribute"); };
    check(cublasLtMatmulDescCreate(&made.product, p.tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F, CUDA_R_32F), "cublasLtMatmulDescCreate");
    describe(CUBLASLT_MATMUL_DESC_TRANSA, p.a_transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    describe(CUBLASLT_MATMUL_DESC_TRANSB, p.b_transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    if (p.biased) {
        describe(CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_BIAS);
        describe(CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias);
        describe(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, p.d.type);
    }
    const LtMatrix* of[3] = {&p.a, &p.b, &p.d};
    for (int i = 0; i < 3; ++i) {
        check(cublasLtMatrixLayoutCreate(&made.layout[i], of[i]->type, static_cast<std::uint64_t>(of[i]->rows), static_cast<std::uint64_t>(of[i]->columns), of[i]->apart), "cublasLtMatrixLayoutCreate");
        if (p.batches == 1) continue;
        const auto arrange = [&](cublasLtMatrixLayoutAttribute_t what, const auto& value) { check(cublasLtMatrixLayoutSetAttribute(made.layout[i], what, &value, sizeof value), "cublasLtMatrixLayoutSetAttribute"); };
        arrange(CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, static_cast<std::int32_t>(p.batches));
        arrange(CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, static_cast<std::int64_t>(of[i]->batch));
    }
    check(cublasLtMatmulPreferenceCreate(&made.preference), "cublasLtMatmulPreferenceCreate");
    const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t what, const auto& value) { check(cublasLtMatmulPreferenceSetAttribute(made.preference, what, &value, sizeof value), "cublasLtMatmulPreferenceSetAttribute"); };
    const auto alignment = [](const void* at) {
        std::uint32_t n = 256;
        while (reinterpret_cast<std::uintptr_t>(at) % n != 0) n /= 2;
        return n;
    };
    prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, static_cast<std::uint64_t>(lt_workspace));
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignment(a));
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignment(b));
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, alignment(d));
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, alignment(d));
    cublasLtMatmulHeuristicResult_t found;
    int count = 0;
    check(cublasLtMatmulAlgoGetHeuristic(handle, made.product, made.layout[0], made.layout[1], made.layout[2], made.layout[2], made.preference, 1, &found, &count), "cublasLtMatmulAlgoGetHeuristic");
    if (count == 0) check(CUBLAS_STATUS_NOT_SUPPORTED, "cublasLtMatmulAlgoGetHeuristic");
    const float one = 1, zero = 0;
    check(cublasLtMatmul(handle, made.product, &one, a, made.layout[0], b, made.layout[1], &zero, d, made.layout[2], d, made.layout[2], &found.algo, workspace, static_cast<std::size_t>(lt_workspace), stream),
          "cublasLtMatmul");
}

/// Multiply-adds from which a product is given away. Chosen, not measured: below, what the call costs the host is more than what can be won.
inline constexpr long least_for_cublas = 256l * 256 * 256;

/// What the code put on a result comes to, if it is a store, of it or of its sum with a bias, perhaps of fewer bits.
template <class Acts>
struct PlainEnd {
    static constexpr bool fits = false;
};
template <class... A>
struct PlainEnd<Acts<A...>> {
    template <int I>
    using At = typename Types<A...>::template At<I>;
    struct Found {
        bool fits;
        int store, bias;  ///< operands; bias -1: none
    };
    template <class Op>
    static constexpr bool adds = requires { Op::adds; };
    template <class Op>
    static constexpr bool converts = requires { Op::converts; };
    static constexpr Found find() {
        Found f{true, -1, -1};
        int tile = -1, load = -1, sum = -1, narrow = -1, at = 0;
        const auto enter = [&]<class I>(I*) {
            if (I::what == Do::tile && tile < 0)
                tile = at;
            else if (I::what == Do::load && load < 0)
                load = at, f.bias = I::operand;
            else if (I::what == Do::apply && sum < 0 && adds<typename I::Apply> && I::c < 0 && ((I::a == tile && I::b == load) || (I::a == load && I::b == tile)))
                sum = at;
            else if (I::what == Do::apply && narrow < 0 && converts<typename I::Apply> && is_narrow_type(I::type) && I::a == (sum < 0 ? tile : sum))
                narrow = at;
            else if (I::what == Do::store && f.store < 0 && I::a == (narrow >= 0 ? narrow : sum < 0 ? tile : sum))
                f.store = I::operand;
            else
                f.fits = false;
            ++at;
        };
        (enter(static_cast<A*>(nullptr)), ...);
        f.fits = f.fits && tile >= 0 && f.store >= 0 && (load < 0) == (sum < 0) && (narrow < 0 || sum < narrow);
        return f;
    }
    static constexpr Found found = find();
    static constexpr bool fits = found.fits;
};

template <class Step>
struct ByCublas {
    static constexpr bool fits = false;
};
template <class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, class... O, class A>
struct ByCublas<ContractStep<float, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, Accesses<O...>, A, Accesses<>, Acts<>>> {
    using End = PlainEnd<A>;
    template <int I>
    using At = typename Types<O...>::template At<I>;
    static constexpr cudaDataType_t type_of(DType t) { return t == DType::bf16 ? CUDA_R_16BF : t == DType::f16 ? CUDA_R_16F : CUDA_R_32F; }
    static constexpr bool numbers_fit = F::left == F::right && (F::left == DType::f32 || F::left == DType::bf16 || F::left == DType::f16);
    static constexpr bool operands_fit = ((AK == 1 && AM >= K) || (AM == 1 && AK >= M)) && ((BN == 1 && BK >= N) || (BK == 1 && BN >= K));
    static constexpr bool large = long{Batch} * M * N * K >= least_for_cublas && F::m == 0;
    static constexpr bool end_fits() {
        if constexpr (End::fits) {
            using To = At<End::found.store>;
            if ((To::type != DType::f32 && To::type != F::left) || To::bordered || To::lane != 1 || To::s1 < N || (Batch > 1 && To::s0 < N)) return false;
            if constexpr (End::found.bias >= 0) {
                using Bias = At<End::found.bias>;
                return Bias::source == Source::memory && Bias::type == To::type && !Bias::bordered && Bias::lane == 1 && Bias::s0 == 0 && Bias::s1 == 0;
            }
            return true;
        }
        return false;
    }
    /// Whether this step is given to the library.
    static constexpr bool fits = numbers_fit && operands_fit && large && end_fits();
    static constexpr int operands = static_cast<int>(sizeof...(O)) + 2;
    static constexpr long workspace = lt_workspace;
    static constexpr int tickets = 0;
    /// Its launch depends on the run's count.
    static constexpr bool counts = Bounded != 0;

    /// The transposes, in columns: d^T [N, M] = b^T [N, K] a^T [K, M].
    static void launch(const Launch& l, void* const* base) {
        using To = At<End::found.store>;
        const long m = Bounded == 1 ? long{l.count} * Unit : M, k = Bounded == 2 ? long{l.count} * Unit : K;
        const int batches = Bounded == 3 ? l.count * Unit : Batch;
        const void *left = base[operands - 2], *right = base[operands - 1];
        const cudaDataType_t type = type_of(F::left);
        LtProduct p{};
        p.a = BN == 1 && BK >= N ? LtMatrix{type, N, k, BK, BB} : LtMatrix{type, k, N, BN, BB};
        p.a_transposed = !(BN == 1 && BK >= N);
        p.b = AK == 1 && AM >= K ? LtMatrix{type, k, m, AM, AB} : LtMatrix{type, m, k, AK, AB};
        p.b_transposed = !(AK == 1 && AM >= K);
        p.d = LtMatrix{type_of(To::type), N, m, To::s1, To::s0};
        p.tf32 = F::how == Multiply::tf32;
        p.biased = End::found.bias >= 0;
        p.batches = batches;
        run_lt(l.cublas, p, right, left, p.biased ? base[End::found.bias < 0 ? 0 : End::found.bias] : nullptr, base[End::found.store], l.workspace, l.stream);
    }
};

}  // namespace strata::cuda
#endif
