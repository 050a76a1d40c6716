// SPDX-License-Identifier: BSL-1.0
/// Matrix products on a device, with what is computed of their left operand before and of their result after.
/// Launch, bound and traffic: those of the tiled product. Sums over the rows of a result are made within a tile, then, by the last block of a
/// column of tiles, over the tiles in order.
#pragma once

#include <strata/kernel/cuda/product.cuh>

namespace strata::cuda {

template <class Step>
struct Contract;
template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, class O, class A, class BO, class BA>
struct Contract<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>> {
    using Product = TiledProduct<Real, Batch, M, N, K>;
    using Left = Element<F::left>;
    using Right = Element<F::right>;
    using After = Result<Real, O, A>;
    using Before = Result<Real, BO, BA>;
    static constexpr bool computes_left = BA::count > 0;
    static constexpr int own = After::operands, before = Before::operands, operands = own + before + 2;
    static constexpr int column_sums = After::column_sums;
    static constexpr Tiling t = Product::t;
    static constexpr int threads = Product::threads;
    // Partial column sums lie behind those of split products.
    static constexpr long product_bytes = divided_up(Product::workspace, 16) * 16;
    static constexpr long workspace = product_bytes + long{column_sums} * Product::tiles_m * Product::tiles_n * t.n * static_cast<long>(sizeof(Real));
    static constexpr int tickets = Product::tickets + (column_sums > 0 ? Product::tiles_n : 0);

    /// Takes what the code before stores as the operand.
    struct LeftPlace {
        void* const* base;
        long row, column;
        Real* to;
        template <int I>
        using At = typename Before::template At<I>;
        template <int I>
        __device__ __forceinline__ auto load() const {
            return static_cast<const Element<At<I>::type>*>(base[I])[row * At<I>::s1 + column * At<I>::lane];
        }
        template <int I, class Index>
        __device__ __forceinline__ auto gather(Index index) const {
            return row_of_table<At<I>, Element<At<I>::type>>(base[I], row * At<I>::s1 + column * At<I>::lane, index);
        }
        template <int, bool, class V>
        __device__ __forceinline__ void store(V v) const {
            *to = static_cast<Real>(v);
        }
        template <int, bool, class V>
        __device__ __forceinline__ void add(V) const {}
        __device__ __forceinline__ Real tile() const { return Real(0); }
        __device__ __forceinline__ int along_row() const { return 0; }
    };
    template <int I>
    __device__ __forceinline__ static void add_tiles(const Share& share, void* const* base, const Real* parts, int columns) {
        if constexpr (After::template sums<I>) {
            constexpr int number = After::template number_of_column<I>;
            const Real* of = parts + long{number} * Product::tiles_m * Product::tiles_n * t.n + long{share.x} * t.n;
            for (int j = static_cast<int>(threadIdx.x); j < columns; j += Product::threads) {
                Real s = __ldcg(of + j);
                for (int i = 1; i < Product::tiles_m; ++i) s += __ldcg(of + long{i} * Product::tiles_n * t.n + j);
                static_cast<Real*>(base[I])[(long{share.x} * t.n + j) * After::template At<I>::lane] = s;
            }
        }
    }
    template <int... I>
    __device__ __forceinline__ static void add_all_tiles(const Share& share, void* const* base, const Real* parts, int columns, std::integer_sequence<int, I...>) {
        (add_tiles<I>(share, base, parts, columns), ...);
    }

    __device__ __forceinline__ static void run(const Bases<operands>& bases, const Facts*, char* memory, unsigned* tickets_of, const Share& share) {
        const int count = share.count;
        const long m = Bounded == 1 ? count * Unit : M, k = Bounded == 2 ? count * Unit : K;
        const int batch = static_cast<int>(share.z) / Product::splits, split = static_cast<int>(share.z) % Product::splits;
        if (Bounded == 3 && batch >= count * Unit) return;
        void* const* base = bases.at;
        const Left* a = static_cast<const Left*>(base[own + before]) + batch * AB;
        const Right* b = static_cast<const Right*>(base[own + before + 1]) + batch * BB;
        const auto left = [=](long i, long q) {
            if constexpr (computes_left) {
                Real v;
                typename Before::Code::Row row;
                Before::Code::template pass<1>(row, LeftPlace{base + own, i, q, &v});
                return v;
            } else {
                return widened(a[i * AM + q * AK]);
            }
        };
        const auto right = [=](long q, long j) { return widened(b[q * BK + j * BN]); };
        if constexpr (column_sums == 0) {
            Product::template run<AK == 1 || computes_left, BK == 1>(share, batch, split, m, N, k, left, right, reinterpret_cast<Real*>(memory), tickets_of,
                                                                     [&](int, int, long i, long j, Real v) { After::put(base, batch, i, j, v); });
        } else {
            Real sums[column_sums][t.columns] = {};
            const bool mine = Product::template run<AK == 1 || computes_left, BK == 1>(
                share, batch, split, m, N, k, left, right, reinterpret_cast<Real*>(memory), tickets_of, [&](int, int at, long i, long j, Real v) {
                    After::put(base, batch, i, j, v, [&](int number, Real x) {
#pragma unroll
                        for (int c = 0; c < column_sums; ++c)
#pragma unroll
                            for (int q = 0; q < t.columns; ++q)
                                if (c == number && q == at) sums[c][q] += x;
                    });
                });
            if (!mine) return;
            __shared__ Real part[Product::per_m][t.n];
            Real* parts = reinterpret_cast<Real*>(memory + product_bytes);
            const int tx = static_cast<int>(threadIdx.x) % Product::per_n, ty = static_cast<int>(threadIdx.x) / Product::per_n;
            for (int c = 0; c < column_sums; ++c) {
                __syncthreads();
#pragma unroll
                for (int q = 0; q < t.columns; ++q) part[ty][tx + q * Product::per_n] = sums[c][q];
                __syncthreads();
                for (int j = static_cast<int>(threadIdx.x); j < t.n; j += Product::threads) {
                    Real s = part[0][j];
                    for (int i = 1; i < Product::per_m; ++i) s += part[i][j];
                    parts[((long{c} * Product::tiles_m + share.y) * Product::tiles_n + share.x) * t.n + j] = s;
                }
            }
            const long columns = N - long{share.x} * t.n;
            if (last_of(tickets_of + Product::tickets + share.x, Product::tiles_m))
                add_all_tiles(share, base, parts, static_cast<int>(columns < t.n ? columns : t.n), std::make_integer_sequence<int, own>{});
        }
    }
    static dim3 grid() { return Product::grid(); }
    static void launch(const Launch& l, void* const* base);
};

template <class Step, int N>
__global__ void __launch_bounds__(256) contract_kernel(Bases<N> base, const Facts* facts, char* workspace, unsigned* tickets) {
    Contract<Step>::run(base, facts, workspace, tickets, own_share(facts));
}

template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, class O, class A, class BO, class BA>
void Contract<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>>::launch(const Launch& l, void* const* base) {
    Bases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i];
    contract_kernel<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>, operands><<<Product::grid(), Product::threads, 0, l.stream>>>(b, l.facts, l.workspace, l.tickets);
    launched();
}

}  // namespace strata::cuda
