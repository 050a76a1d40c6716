// SPDX-License-Identifier: BSL-1.0
/// Matrix products on a device, with what is computed of their left operand before and of their result after.
/// Launch, bound and traffic: those of the tiled product; a left operand that is computed is so once for each tile of columns. Sums over the rows of a
/// result are made within a tile, then, by the last block of a column of tiles, over the tiles in order.
/// Needs: what the tiled product does; operands at any strides, with the alignment that its Factors name; no batch innermost.
#pragma once

#include <strata/kernel/cuda/product.cuh>

namespace strata::cuda {

template <class Step>
struct Contract;
template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, class O, class A, class BO, class BA>
struct Contract<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>> {
    using Left = Element<F::left>;
    using Right = Element<F::right>;
    using After = Result<Real, O, A>;
    using Before = Result<Real, BO, BA>;
    static constexpr bool computes_left = BA::count > 0;
    /// The left operand's element (i, q) by the code before.
    struct LeftCode {
        void* const* base;
        __device__ __forceinline__ Left operator()(long i, long q) const {
            return Before::template operand<Left>(base, i, q);
        }
    };
    /// What every batch of an operand is aligned to.
    static constexpr int aligned_with(int address, long batch_bytes) {
        while (batch_bytes % address != 0) address /= 2;
        return address;
    }
    using LeftOperand = std::conditional_t<computes_left, Computed<Left, true, LeftCode>, InMemory<Left, AM, AK, aligned_with(F::left_aligned, Batch > 1 ? AB * sizeof(Left) : 0)>>;
    using RightOperand = InMemory<Right, BN, BK, aligned_with(F::right_aligned, Batch > 1 ? BB * sizeof(Right) : 0)>;
    using Product = TiledProduct<Real, LeftOperand, RightOperand, Batch, M, N, K, F>;
    static constexpr int own = After::operands, before = Before::operands, operands = own + before + 2;
    static constexpr int column_sums = After::column_sums;
    static constexpr Tiling t = Product::t;
    static constexpr int threads = Product::threads, bytes = Product::bytes;
    // Partial column sums lie behind those of split products.
    static constexpr long product_bytes = divided_up(Product::workspace, 16) * 16;
    static constexpr long workspace = product_bytes + long{column_sums} * Product::tiles_m * Product::tiles_n * t.n * static_cast<long>(sizeof(Real));
    static constexpr int tickets = Product::tickets + (column_sums > 0 ? Product::tiles_n : 0);

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

    __device__ __forceinline__ static void run(const Bases<operands>& bases, const Facts*, char* memory, unsigned* tickets_of, const Share& block) {
        const Share share = Product::tile_of(block);
        const int count = share.count;
        const long m = Bounded == 1 ? count * Unit : M, k = Bounded == 2 ? count * Unit : K;
        const int batch = static_cast<int>(share.z) / Product::splits, split = static_cast<int>(share.z) % Product::splits;
        if (Bounded == 3 && batch >= count * Unit) return;
        void* const* base = bases.at;
        const LeftOperand left = [&] {
            if constexpr (computes_left)
                return LeftOperand{LeftCode{base + own}};
            else
                return LeftOperand{static_cast<const Left*>(base[own + before]) + batch * AB};
        }();
        const RightOperand right{static_cast<const Right*>(base[own + before + 1]) + batch * BB};
        if constexpr (Product::fours && After::stores_fours) {
            Product::run(share, batch, split, m, N, k, left, right, memory, tickets_of, typename After::Fours{base, batch, {}});
        } else if constexpr (column_sums == 0) {
            Product::run(share, batch, split, m, N, k, left, right, memory, tickets_of, [&](int, long i, long j, Real v) { After::put(base, batch, i, j, v); });
        } else {
            Real sums[column_sums][Product::column_steps] = {};
            const bool mine = Product::run(share, batch, split, m, N, k, left, right, memory, tickets_of, [&](int step, long i, long j, Real v) {
                After::put(base, batch, i, j, v, [&](int number, Real x) {
#pragma unroll
                    for (int c = 0; c < column_sums; ++c)
#pragma unroll
                        for (int q = 0; q < Product::column_steps; ++q)
                            if (c == number && q == step) sums[c][q] += x;
                });
            });
            if (!mine) return;
            Real* part = reinterpret_cast<Real*>(block_memory());
            Real* parts = reinterpret_cast<Real*>(memory + product_bytes);
            for (int c = 0; c < column_sums; ++c) {
                __syncthreads();
#pragma unroll
                for (int q = 0; q < Product::column_steps; ++q) part[Product::part() * t.n + Product::column_of(q)] = sums[c][q];
                __syncthreads();
                for (int j = static_cast<int>(threadIdx.x); j < t.n; j += Product::threads) {
                    Real s = part[j];
                    for (int i = 1; i < Product::parts; ++i) s += part[i * t.n + j];
                    parts[((long{c} * Product::tiles_m + share.y) * Product::tiles_n + share.x) * t.n + j] = s;
                }
            }
            const long columns = N - long{share.x} * t.n;
            if (last_of(tickets_of + Product::tickets + share.x, Product::tiles_m))
                add_all_tiles(share, base, parts, static_cast<int>(columns < t.n ? columns : t.n), std::make_integer_sequence<int, own>{});
        }
    }
    static constexpr dim3 grid() { return Product::grid(); }
    static void launch(const Launch& l, void* const* base);
};

/// Bytes: of shared memory at the launch; the name says them to who reads machine code (tests/ptxas).
template <class Step, int Threads, int N, int Bytes>
__global__ void __launch_bounds__(Threads, 1) contract_kernel(Bases<N> base, const Facts* facts, char* workspace, unsigned* tickets) {
    Contract<Step>::run(base, facts, workspace, tickets, own_share(facts));
}

template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, class O, class A, class BO, class BA>
void Contract<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>>::launch(const Launch& l, void* const* base) {
    using Step = ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>;
    Bases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i];
    constexpr auto kernel = &contract_kernel<Step, Product::threads, operands, Product::bytes>;
    grant(kernel, Product::bytes);
    kernel<<<Product::grid(), Product::threads, Product::bytes, l.stream>>>(b, l.facts, l.workspace, l.tickets);
    launched();
}

}  // namespace strata::cuda
