// SPDX-License-Identifier: BSL-1.0
/// A narrow product for the samples of one block, between other steps of a launch: see network.cuh.
/// Launch: none of its own; all threads of the block come, each with one column and some rows of the result.
/// Sums over the rows: a thread's own in registers, those of threads in the block's memory, those of blocks by the launch's last one, all in order.
/// Needs: operands of the result's type; the batch along its rows.   Bound: arithmetic, at few blocks.   Traffic: the right operand once a block.
#pragma once

#include <strata/kernel/cuda/contract.cuh>

namespace strata::cuda {

template <class Step>
struct BlockProduct;
template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, class O, class A, class BO, class BA>
struct BlockProduct<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>> {
    static_assert(Batch == 1 && Bounded == 1, "strata: a product without the batch along its rows has no samples; report this as a defect");
    using Whole = Contract<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>>;
    using After = typename Whole::After;
    using Before = typename Whole::Before;
    static constexpr int own = Whole::own, before = Whole::before, operands = Whole::operands, threads = 256, column_sums = After::column_sums;
    // A tile: rows x columns results, `each` a thread; steps of `depth` along the sum.
    static constexpr int rows = 16, columns = N <= 16 ? 16 : N <= 32 ? 32 : N <= 64 ? 64 : 128, depth = 32, deep = threads / columns, each = rows / deep;
    static constexpr int left_pitch = depth + 1, right_pitch = columns + 1;
    static constexpr int scratch_bytes = static_cast<int>(divided_up((rows * left_pitch + depth * right_pitch) * static_cast<long>(sizeof(Real)), 16) * 16);
    static constexpr long partial_bytes = divided_up(long{column_sums} * N * static_cast<long>(sizeof(Real)), 16) * 16;

    /// Adds up the tile of rows from i0 and columns from j0.
    __device__ __forceinline__ static void multiply(void* const* base, long i0, long end, int j0, Real* left, Real* right, Real (&sum)[each]) {
        const Real* a = static_cast<const Real*>(base[own + before]);
        const Real* b = static_cast<const Real*>(base[own + before + 1]);
        const int at = static_cast<int>(threadIdx.x), j = at % columns, i = at / columns;
        for (int k0 = 0; k0 < K; k0 += depth) {
            __syncthreads();
            for (int e = at; e < rows * depth; e += threads) {
                const int r = e / depth, q = k0 + e % depth;
                Real v = Real(0);
                if (i0 + r < end && q < K) {
                    if constexpr (Whole::computes_left)
                        v = Before::template operand<Real>(base + own, i0 + r, q);
                    else
                        v = a[(i0 + r) * AM + q * AK];
                }
                left[r * left_pitch + e % depth] = v;
            }
            for (int e = at; e < columns * depth; e += threads) {
                const int c = BN == 1 ? e % columns : e / depth, q = BN == 1 ? e / columns : e % depth;
                right[q * right_pitch + c] = j0 + c < N && k0 + q < K ? b[(k0 + q) * BK + (j0 + c) * BN] : Real(0);
            }
            __syncthreads();
#pragma unroll 8
            for (int q = 0; q < depth; ++q) {
                const Real y = right[q * right_pitch + j];
#pragma unroll
                for (int r = 0; r < each; ++r) sum[r] += left[(i + r * deep) * left_pitch + q] * y;
            }
        }
    }
    /// The step for the samples of the share.   scratch: `scratch_bytes` of the block's memory; partial: the block's own `partial_bytes` of the workspace.
    __device__ __forceinline__ static void run(const Bases<operands>& bases, const Facts*, const Share& share, char* scratch, char* partial) {
        void* const* base = bases.at;
        Real* left = reinterpret_cast<Real*>(scratch);
        Real* right = left + rows * left_pitch;
        const int j = static_cast<int>(threadIdx.x) % columns, i = static_cast<int>(threadIdx.x) / columns;
        const long begin = long{share.first} * Unit, end = long{share.first + share.count} * Unit;
        for (int j0 = 0; j0 < N; j0 += columns) {
            Real sums[column_sums + 1] = {};
            for (long i0 = begin; i0 < end; i0 += rows) {
                Real sum[each] = {};
                multiply(base, i0, end, j0, left, right, sum);
#pragma unroll
                for (int r = 0; r < each; ++r) {
                    const long row = i0 + i + r * deep;
                    if (row >= end || j0 + j >= N) continue;
                    After::put(base, 0, row, j0 + j, sum[r], [&](int number, Real x) {
#pragma unroll
                        for (int c = 0; c < column_sums; ++c)
                            if (c == number) sums[c] += x;
                    });
                }
            }
            for (int c = 0; c < column_sums; ++c) {
                __syncthreads();
                left[threadIdx.x] = sums[c];
                __syncthreads();
                if (i == 0 && j0 + j < N) {
                    Real s = left[j];
                    for (int part = 1; part < deep; ++part) s += left[part * columns + j];
                    reinterpret_cast<Real*>(partial)[c * N + j0 + j] = s;
                }
            }
        }
    }
    /// Completes the sums over rows from those of all blocks, which lie `apart` bytes from each other.
    __device__ __forceinline__ static void complete(const Bases<operands>& base, char* partials, int blocks, long apart) {
        if constexpr (column_sums > 0) complete_all(base, partials, blocks, apart, std::make_integer_sequence<int, own>{});
    }

  private:
    template <int... I>
    __device__ __forceinline__ static void complete_all(const Bases<operands>& base, char* partials, int blocks, long apart, std::integer_sequence<int, I...>) {
        (complete_one<I>(base, partials, blocks, apart), ...);
    }
    template <int I>
    __device__ __forceinline__ static void complete_one(const Bases<operands>& base, char* partials, int blocks, long apart) {
        if constexpr (After::template sums<I>) {
            constexpr int number = After::template number_of_column<I>;
            for (int j = static_cast<int>(threadIdx.x); j < N; j += threads) {
                Real s = Real(0);
                for (int block = 0; block < blocks; ++block) s += __ldcg(reinterpret_cast<const Real*>(partials + block * apart) + number * N + j);
                static_cast<Real*>(base.at[I])[j * After::template At<I>::lane] = s;
            }
        }
    }
};

}  // namespace strata::cuda
