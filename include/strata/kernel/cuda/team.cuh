// SPDX-License-Identifier: BSL-1.0
/// Threads that fold a row together, and what folds do with two values.
#pragma once

#include <type_traits>

#include <strata/core/math.hpp>
#include <strata/core/types.hpp>
#include <strata/kernel/cuda/launch.cuh>

namespace strata::cuda {

/// What folds start from.
template <class T, Fold F>
__device__ __forceinline__ T fold_start() {
    if constexpr (F == Fold::sum) {
        return T(0);
    } else if constexpr (std::is_floating_point_v<T>) {
        const T inf = static_cast<T>(__int_as_float(0x7f800000));
        return F == Fold::min ? inf : -inf;
    } else {
        constexpr T least = static_cast<T>(T(1) << (8 * sizeof(T) - 1));
        return F == Fold::min ? static_cast<T>(~least) : least;
    }
}
template <Fold F, class T>
__device__ __forceinline__ T fold_two(T a, T b) {
    if constexpr (F == Fold::sum)
        return a + b;
    else if constexpr (F == Fold::min)
        return b == b ? math::min(a, b) : b;  // NaN stays once it has come
    else
        return b == b ? math::max(a, b) : b;
}

/// Memory of the block in which its threads give each other values. All who ask for as many of a type have the same, or kernels of many folds would have too
/// much of it: threads meet before they write there, and again before they read.
template <class V, int Count>
__device__ __forceinline__ V* meeting_place() {
    __shared__ V place[Count];
    return place;
}
/// Threads that share a row: one, a part of a warp (2, 4, 8 or 16 of them), a warp or a block.
template <int Size>
struct Team {
    static constexpr int size = Size;
    __device__ __forceinline__ static int rank() { return Size == 1 ? 0 : static_cast<int>(threadIdx.x) % Size; }
    __device__ __forceinline__ static void wait() {
        if constexpr (Size > 1 && Size <= 32)
            __syncwarp(mask());
        else if constexpr (Size > 32)
            __syncthreads();
    }
    /// Two values become one by f, in an order that depends on the size alone; every thread gets the result.
    template <class V, class F>
    __device__ __forceinline__ static V join(V v, F f) {
        if constexpr (Size > 1) {
#pragma unroll
            for (int apart = 1; apart < 32 && apart < Size; apart *= 2) v = f(v, shuffled(v, apart));
        }
        if constexpr (Size > 32) {
            V* const part = meeting_place<V, Size / 32>();
            __syncthreads();
            if (threadIdx.x % 32 == 0) part[threadIdx.x % Size / 32] = v;
            __syncthreads();
            v = part[0];
            for (int i = 1; i < Size / 32; ++i) v = f(v, part[i]);
        }
        return v;
    }

  private:
    /// The team's lanes of the warp; other teams may be elsewhere.
    __device__ __forceinline__ static unsigned mask() {
        if constexpr (Size >= 32)
            return 0xffffffffu;
        else
            return ((1u << Size) - 1) << (threadIdx.x % 32 / Size * Size);
    }
    template <class V>
    __device__ __forceinline__ static V shuffled(V v, int apart) {
        if constexpr (std::is_arithmetic_v<V>)
            return __shfl_xor_sync(mask(), v, apart);
        else
            return V{shuffled(v.value, apart), shuffled(v.place, apart)};
    }
};
/// Threads of a block that share a row, where rows lie beside each other: each takes every Size-th element, neighbours those of neighbouring rows.
template <int Size, int Threads>
struct Stack {
    static constexpr int size = Size, rows = Threads / Size;
    __device__ __forceinline__ static int rank() { return static_cast<int>(threadIdx.x) / rows; }
    /// Of all threads of the block: the values of each row become one by f, in the order of the ranks; every thread gets the result.
    template <class V, class F>
    __device__ __forceinline__ static V join(V v, F f) {
        if constexpr (Size > 1) {
            V* const part = meeting_place<V, Threads>();
            __syncthreads();
            part[threadIdx.x] = v;
            __syncthreads();
            v = part[threadIdx.x % rows];
#pragma unroll
            for (int i = 1; i < Size; ++i) v = f(v, part[i * rows + static_cast<int>(threadIdx.x) % rows]);
        }
        return v;
    }
};
/// A value and where it stands, for argmax.
template <class T>
struct Placed {
    T value;
    int place;
};

}  // namespace strata::cuda
