// SPDX-License-Identifier: BSL-1.0
/// Elements that lie one after the other and move together, in accesses of up to 16 bytes.
#pragma once

#include <strata/kernel/cuda/launch.cuh>

namespace strata::cuda {

/// Bytes that one access moves at most.
inline constexpr int most_bytes = 16;

/// N elements.
template <class E, int N>
struct Vector {
    E at[N];
};
namespace detail {
template <class E, int N>
struct alignas(sizeof(E) * N) Packed {
    E at[N];
};
/// A type of CUDA's own for so many bytes.
template <class E, int Bytes, bool Real = std::is_same_v<E, float>>
using Word = std::conditional_t<Bytes == 16, std::conditional_t<Real, float4, uint4>, std::conditional_t<Bytes == 8, std::conditional_t<Real, float2, uint2>, unsigned>>;
/// How many elements one access takes of N.
template <class E, int N>
inline constexpr int at_once = static_cast<int>(at_most(N, most_bytes / static_cast<long>(sizeof(E))));
}  // namespace detail

/// Reads N elements from `from`, which is aligned to as many bytes as they have, or to 16.   N: a power of two.
template <int N, class E>
__device__ __forceinline__ Vector<E, N> load_vector(const E* from) {
    constexpr int once = detail::at_once<E, N>;
    using Packed = detail::Packed<E, once>;
    Vector<E, N> v;
#pragma unroll
    for (int i = 0; i < N / once; ++i) {
        const Packed p = reinterpret_cast<const Packed*>(from)[i];
#pragma unroll
        for (int k = 0; k < once; ++k) v.at[i * once + k] = p.at[k];
    }
    return v;
}
/// Writes them in the same way.
template <int N, class E>
__device__ __forceinline__ void store_vector(E* to, const Vector<E, N>& v) {
    constexpr int once = detail::at_once<E, N>;
    using Packed = detail::Packed<E, once>;
#pragma unroll
    for (int i = 0; i < N / once; ++i) {
        Packed p;
#pragma unroll
        for (int k = 0; k < once; ++k) p.at[k] = v.at[i * once + k];
        reinterpret_cast<Packed*>(to)[i] = p;
    }
}
/// Writes 4, 8 or 16 bytes to global memory at once, also where a loop round it would have the compiler take the store apart.
template <int N, class E>
__device__ __forceinline__ void store_at_once(E* to, const Vector<E, N>& v) {
    using Word = detail::Word<E, N * static_cast<int>(sizeof(E))>;
    static_assert(sizeof(Word) == N * sizeof(E));
    __stwb(reinterpret_cast<Word*>(to), __builtin_bit_cast(Word, v));
}

}  // namespace strata::cuda
