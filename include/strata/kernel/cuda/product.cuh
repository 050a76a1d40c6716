// SPDX-License-Identifier: BSL-1.0
/// The tiled product that contracts and convolutions share: tiles in shared memory, results in registers, and what is made of a result
/// in place. The operands and the result are functions of their places, so a convolution needs no array of patches.
/// Launch: a block a tile of the result; where results are few and sums long, several blocks a tile, whose partial sums the last one adds up
/// in order.   Bound: arithmetic.   Traffic: each operand once for each tile of the other side.
#pragma once

#include <strata/kernel/cuda/code.cuh>

namespace strata::cuda {

/// A number as it lies in memory, as one to compute with: exact.
template <class T>
__device__ __forceinline__ T widened(T x) {
    return x;
}
__device__ __forceinline__ float widened(bf16 x) { return __uint_as_float(static_cast<unsigned>(x.bits) << 16); }
__device__ __forceinline__ float widened(f16 x) {
    float wide;
    asm("cvt.f32.f16 %0, %1;" : "=f"(wide) : "h"(x.bits));
    return wide;
}
/// Extents of tiles; a thread holds Rows x Columns results.
struct Tiling {
    int m, n, k, rows, columns;
    constexpr int threads() const { return m / rows * (n / columns); }
};
constexpr Tiling tiling_for(long m, long n) {
    if (n <= 16) return {64, 16, 16, 4, 1};
    if (m <= 16) return {16, 64, 16, 1, 4};
    if (m * n <= 128 * 128) return {32, 32, 16, 2, 2};
    return {64, 64, 16, 4, 4};
}
/// Blocks that share a tile's sum.
constexpr int splits_for(long tiles, long k) { return static_cast<int>(at_most(k / 256 < 1 ? 1 : k / 256, tiles >= 64 ? 1 : divided_up(64, tiles))); }

/// A product of at most M x N x K, Batches times. Real: of operands and sums.
template <class Real, int Batches, long M, long N, long K>
struct TiledProduct {
    static constexpr Tiling t = tiling_for(M, N);
    static constexpr int threads = t.threads();
    static constexpr int tiles_m = static_cast<int>(divided_up(M, t.m)), tiles_n = static_cast<int>(divided_up(N, t.n));
    static constexpr int splits = splits_for(long{tiles_m} * tiles_n * Batches, K);
    static constexpr long k_of_split = divided_up(divided_up(K, splits), t.k) * t.k;
    static constexpr long workspace = splits > 1 ? long{Batches} * splits * tiles_m * tiles_n * t.m * t.n * static_cast<long>(sizeof(Real)) : 0;
    static constexpr int tickets = splits > 1 ? Batches * tiles_m * tiles_n : 0;
    static constexpr int per_n = t.n / t.columns, per_m = t.m / t.rows;

    static dim3 grid() { return dim3(tiles_n, tiles_m, Batches * splits); }

    /// The calling block's results.   a(m, k), b(k, n): operands, asked within [0, m) x [0, n) x [0, k) only; KFirst: neighbours in k lie side by side.
    /// out(i, j, m, n, sum): result number (i, j) of the thread, once complete.   Returns whether this block has it.
    template <bool AKFirst, bool BKFirst, class A, class B, class Out>
    __device__ __forceinline__ static bool run(const Share& share, int batch, int split, long m, long n, long k, A a, B b, Real* workspace, unsigned* tickets_of, Out out) {
        __shared__ Real left[t.k][t.m + 1], right[t.k][t.n + 1];
        const int tx = static_cast<int>(threadIdx.x) % per_n, ty = static_cast<int>(threadIdx.x) / per_n;
        const long m0 = long{share.y} * t.m, n0 = long{share.x} * t.n;
        const long begin = split * k_of_split, end = splits == 1 ? k : begin + k_of_split < k ? begin + k_of_split : k;
        Real sum[t.rows][t.columns] = {};
        for (long k0 = begin; k0 < end; k0 += t.k) {
            for (int e = static_cast<int>(threadIdx.x); e < t.m * t.k; e += threads) {
                const int i = AKFirst ? e / t.k : e % t.m, q = AKFirst ? e % t.k : e / t.m;
                left[q][i] = m0 + i < m && k0 + q < end ? a(m0 + i, k0 + q) : Real(0);
            }
            for (int e = static_cast<int>(threadIdx.x); e < t.n * t.k; e += threads) {
                const int j = BKFirst ? e / t.k : e % t.n, q = BKFirst ? e % t.k : e / t.n;
                right[q][j] = n0 + j < n && k0 + q < end ? b(k0 + q, n0 + j) : Real(0);
            }
            __syncthreads();
#pragma unroll
            for (int q = 0; q < t.k; ++q) {
                Real x[t.rows], y[t.columns];
#pragma unroll
                for (int i = 0; i < t.rows; ++i) x[i] = left[q][ty + i * per_m];
#pragma unroll
                for (int j = 0; j < t.columns; ++j) y[j] = right[q][tx + j * per_n];
#pragma unroll
                for (int i = 0; i < t.rows; ++i)
#pragma unroll
                    for (int j = 0; j < t.columns; ++j) sum[i][j] += x[i] * y[j];
            }
            __syncthreads();
        }
        if constexpr (splits > 1) {
            const long tile = (long{batch} * tiles_m + share.y) * tiles_n + share.x;
            Real* own = workspace + (tile * splits + split) * (t.m * t.n);
#pragma unroll
            for (int i = 0; i < t.rows; ++i)
#pragma unroll
                for (int j = 0; j < t.columns; ++j) own[(ty + i * per_m) * t.n + tx + j * per_n] = sum[i][j];
            if (!last_of(tickets_of + tile, splits)) return false;
            const Real* all = workspace + tile * splits * (t.m * t.n);
#pragma unroll
            for (int i = 0; i < t.rows; ++i)
#pragma unroll
                for (int j = 0; j < t.columns; ++j) {
                    const int at = (ty + i * per_m) * t.n + tx + j * per_n;
                    Real s = __ldcg(all + at);
                    for (int p = 1; p < splits; ++p) s += __ldcg(all + long{p} * (t.m * t.n) + at);
                    sum[i][j] = s;
                }
        }
#pragma unroll
        for (int i = 0; i < t.rows; ++i)
#pragma unroll
            for (int j = 0; j < t.columns; ++j) {
                const long row = m0 + ty + i * per_m, column = n0 + tx + j * per_n;
                if (row < m && column < n) out(i, j, row, column, sum[i][j]);
            }
        return true;
    }
};

/// The code put on results seen as [block][row][column].
template <class Real, class Accesses, class Acts>
struct Result;
template <class Real, class... O, class... A>
struct Result<Real, Accesses<O...>, Acts<A...>> {
    using Code = Machine<std::make_integer_sequence<int, sizeof...(A)>, A...>;
    static constexpr int operands = sizeof...(O);
    template <int K>
    using At = typename Types<O...>::template At<K>;
    static constexpr bool has_columns = ((A::what == Do::column) || ...);
    static constexpr int column_sums = ((A::what == Do::column ? 1 : 0) + ... + 0);
    /// The column sums before operand K's.
    template <int K>
    static constexpr int number_of_column = ((A::what == Do::column && A::operand < K ? 1 : 0) + ... + 0);
    template <int K>
    static constexpr bool sums = ((A::what == Do::column && A::operand == K) || ...);

    /// One place of the result. Sums: adds to column sum number c what is met.
    template <class Sums>
    struct Place {
        void* const* base;
        Real value;
        long block, row, column;
        Sums sums;
        template <int K>
        __device__ __forceinline__ long at() const {
            return block * At<K>::s0 + row * At<K>::s1 + column * At<K>::lane;
        }
        __device__ __forceinline__ Real tile() const { return value; }
        template <int K>
        __device__ __forceinline__ auto load() const {
            return static_cast<const Element<At<K>::type>*>(base[K])[at<K>()];
        }
        template <int K, class I>
        __device__ __forceinline__ auto gather(I index) const {
            return row_of_table<At<K>, Element<At<K>::type>>(base[K], at<K>(), index);
        }
        template <int K, bool, class V>
        __device__ __forceinline__ void store(V v) const {
            static_cast<Element<At<K>::type>*>(base[K])[at<K>()] = v;
        }
        template <int K, bool, class V>
        __device__ __forceinline__ void add(V v) const {
            sums(number_of_column<K>, v);
        }
        __device__ __forceinline__ int along_row() const { return 0; }
    };
    struct NoSums {
        __device__ __forceinline__ void operator()(int, Real) const {}
    };
    template <class Sums>
    __device__ __forceinline__ static void put(void* const* base, long block, long row, long column, Real value, Sums sums) {
        typename Code::Row values;
        Code::template pass<1>(values, Place<Sums>{base, value, block, row, column, sums});
    }
    __device__ __forceinline__ static void put(void* const* base, long block, long row, long column, Real value) { put(base, block, row, column, value, NoSums{}); }
};

}  // namespace strata::cuda
