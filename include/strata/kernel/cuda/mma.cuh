// SPDX-License-Identifier: BSL-1.0
/// The tensor cores' instructions: fragments from shared memory, and a warp's product of 16 x 8 results.
/// Needs: all lanes of the warp.   Source: the PTX ISA, "Matrix multiply-accumulate operation using mma instruction" (which lane holds what).
#pragma once

#include <strata/core/dtype.hpp>
#include <strata/kernel/cuda/launch.cuh>

namespace strata::cuda {

/// Four 8 x 8 matrices of 16-bit elements (8 x 4 of 32 bits): lane l gives the address of line l % 8 of matrix l / 8 (less Offset), and gets of each the word
/// l % 4 of line l / 4.   Turned: the matrices are transposed on the way.
template <bool Turned, int Offset>
__device__ __forceinline__ void load_matrices(unsigned (&to)[4], unsigned address) {
    if constexpr (Turned)
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4 + %5];" : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3]) : "r"(address), "n"(Offset) : "memory");
    else
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4 + %5];" : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3]) : "r"(address), "n"(Offset) : "memory");
}
template <int Offset>
__device__ __forceinline__ unsigned load_word(unsigned address) {
    unsigned w;
    asm volatile("ld.shared.u32 %0, [%1 + %2];" : "=r"(w) : "r"(address), "n"(Offset) : "memory");
    return w;
}

/// sum += a b, of 16 x k and k x 8 elements of type T: 16 of bf16 or f16, 8 of float (which is read as tf32).
template <class T>
__device__ __forceinline__ void multiply_add(float (&sum)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    if constexpr (std::is_same_v<T, bf16>)
        asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
    else if constexpr (std::is_same_v<T, f16>)
        asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
    else
        asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
/// The nearest tf32 to an f32, ties away from zero: tensor cores would cut the mantissa off instead.
__device__ __forceinline__ unsigned rounded_to_tf32(unsigned bits) {
    unsigned r;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(r) : "f"(__uint_as_float(bits)));
    return r;
}

}  // namespace strata::cuda
