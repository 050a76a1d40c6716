// SPDX-License-Identifier: BSL-1.0
/// The main loop of a tile's product by threads: f32 or f64, each product and sum exact or rounded once. A warp is 4 threads down, 8 across.
/// Launch: the tile's threads, `bytes` of shared memory.   Needs: sm_80; all threads of the block.   Bound: arithmetic.
/// Traffic: a stage of both operands a turn, copied asynchronously while earlier ones are multiplied; a thread's rows and columns by 16 bytes,
/// without conflicts.
#pragma once

#include <strata/kernel/cuda/tile.cuh>
#include <strata/kernel/cuda/tiling.cuh>

namespace strata::cuda {

/// Numbers that are read at once.
template <class T, int N>
struct alignas(N * sizeof(T)) Several {
    T at[N];
};

/// One operand's tile in shared memory: lines along the result; 16 bytes more let neighbours along the sum lie in different banks.
template <class T, int Side, int Depth>
struct ThreadTile {
    using Type = T;
    static constexpr int side = Side, depth = Depth, pitch = Side + 16 / static_cast<int>(sizeof(T)), bytes = Depth * pitch * static_cast<int>(sizeof(T));
    static constexpr bool apart = true;
    __device__ __forceinline__ static int place(int i, int q) { return (q * pitch + i) * static_cast<int>(sizeof(T)); }
};

/// Left, Right: the operands' types (InMemory or Computed).
template <class T, class Left, class Right, int M, int N, int K, int WarpM, int WarpN, int Stages>
struct FusedMultiplyAdd {
    static constexpr int threads = 32 * (M / WarpM) * (N / WarpN), rows = WarpM / 4, columns = WarpN / 8, size = static_cast<int>(sizeof(T));
    static constexpr int widest = 16 / size, row_group = rows < widest ? rows : widest, column_group = columns < widest ? columns : widest;
    using LeftTile = ThreadTile<T, M, K>;
    using RightTile = ThreadTile<T, N, K>;
    static constexpr int stage = LeftTile::bytes + RightTile::bytes, bytes = Stages * stage;
    static_assert(rows % row_group == 0 && columns % column_group == 0 && M % WarpM == 0 && N % WarpN == 0 && K % 8 == 0 && Stages > 1);

    /// A warp's results: a thread's rows and columns come in groups that lie side by side.
    struct Sums {
        using Type = T;
        static constexpr int count = rows * columns;
        static constexpr int bands = rows, band_rows = 4, pad = 0;
        T at[rows][columns];
        __device__ __forceinline__ T& number(int e) { return at[e / columns][e % columns]; }
        template <int Pitch>
        __device__ __forceinline__ void lay(int band, T* to) const {
            const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
            for (int i = 0; i < rows; ++i)
                if (i == band) {
#pragma unroll
                    for (int j = 0; j < columns; j += column_group) {
                        Several<T, column_group> v;
#pragma unroll
                        for (int c = 0; c < column_group; ++c) v.at[c] = at[i][j + c];
                        *reinterpret_cast<Several<T, column_group>*>(to + lane / 8 * Pitch + j * 8 + lane % 8 * column_group) = v;
                    }
                }
        }
        __device__ __forceinline__ static int row_of(int band, int r) { return band / row_group * 4 * row_group + r * row_group + band % row_group; }
    };

    __device__ __forceinline__ static void run(const Left& left, const Right& right, long m0, long n0, long m, long n, long begin, long end, char* memory, Sums& sums) {
        const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
        const int row0 = warp / (N / WarpN) * WarpM + lane / 8 * row_group, column0 = warp % (N / WarpN) * WarpN + lane % 8 * column_group;
#pragma unroll
        for (int e = 0; e < Sums::count; ++e) sums.number(e) = 0;
        tile_by_tile<threads, Stages, LeftTile, RightTile>(left, right, m0, n0, m, n, begin, end, memory, [&](int at) {
            const T* x = reinterpret_cast<const T*>(memory + at) + row0;
            const T* y = reinterpret_cast<const T*>(memory + at + LeftTile::bytes) + column0;
#pragma unroll
            for (int q = 0; q < K; ++q) {
                Several<T, row_group> a[rows / row_group];
                Several<T, column_group> b[columns / column_group];
#pragma unroll
                for (int i = 0; i < rows / row_group; ++i) a[i] = *reinterpret_cast<const Several<T, row_group>*>(x + q * LeftTile::pitch + i * 4 * row_group);
#pragma unroll
                for (int j = 0; j < columns / column_group; ++j) b[j] = *reinterpret_cast<const Several<T, column_group>*>(y + q * RightTile::pitch + j * 8 * column_group);
#pragma unroll
                for (int i = 0; i < rows; ++i)
#pragma unroll
                    for (int j = 0; j < columns; ++j) sums.at[i][j] += a[i / row_group].at[i % row_group] * b[j / column_group].at[j % column_group];
            }
        });
    }
};

}  // namespace strata::cuda
