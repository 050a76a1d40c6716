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

}  // namespace strata::cuda
