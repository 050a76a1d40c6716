// SPDX-License-Identifier: BSL-1.0
/// The contract family: a batched matrix product whose result goes through the step's code while it lies in the first cache.
#pragma once

#include <strata/kernel/host/gemm.hpp>
#include <strata/kernel/host/result.hpp>

namespace strata::host {

template <class Step>
struct Contract;
template <class Real, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, bool Swapped, class O, class A>
struct Contract<ContractStep<Real, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, Swapped, O, A, Accesses<>, Acts<>>> {
    using After = Result<Real, O, A>;
    static constexpr int operands = After::operands;
    // A result that lies [n][m] is the product of the transposed operands in the other order.
    static constexpr int rows = Swapped ? N : M, columns = Swapped ? M : N;
    static constexpr GemmPlan plan = Swapped ? gemm_plan(N, M, K, BN, BK, AK, AM, width<Real>, After::has_columns, sizeof(Real))
                                             : gemm_plan(M, N, K, AM, AK, BK, BN, width<Real>, After::has_columns, sizeof(Real));
    static constexpr int items = gemm_items(plan);
    /// Sums along the rows of a result that lies the other way need its blocks in order.
    static constexpr bool serial = Swapped && After::has_columns;

    static void run(const Run& run, void* const* base) noexcept {
        const auto* a = static_cast<const Real*>(base[operands]);
        const auto* b = static_cast<const Real*>(base[operands + 1]);
        const int m = Bounded == 1 ? run.count * Unit : M, k = Bounded == 2 ? run.count * Unit : K;
        const int batches = Bounded == 3 ? run.count * Unit : Batch;
        const GemmShape shape = Swapped ? GemmShape{N, m, k} : GemmShape{m, N, k};
        const auto piece = [&](int piece_number) {
            const int batch = piece_number / items;
            const GemmOperand<Real> left{a + batch * AB, AM, AK}, right{b + batch * BB, BK, BN};
            const GemmOperand<Real> x = Swapped ? GemmOperand<Real>{right.data, BN, BK} : left, y = Swapped ? GemmOperand<Real>{left.data, AK, AM} : right;
            gemm_item<Real, plan>(piece_number % items, shape, x, y, [&](const Real* tile, long ld, int r0, int rs, int c0, int cs) {
                After::tile(base, tile, ld, batch, r0, rs, c0, cs);
            });
        };
        if constexpr (serial)
            for (int i = 0; i < batches * items; ++i) piece(i);
        else
            spread(run, batches * items, piece);
    }
};

/// The left operand is computed, some rows at a time, into scratch memory that stays in the second cache, and multiplied from there.
template <class Real, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, bool Swapped, class O, class A, class BO, class BA>
struct Contract<ContractStep<Real, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, Swapped, O, A, BO, BA>> {
    static_assert(Batch == 1 && AK == 1, "strata: only plain rows are computed within a product; report this as a defect");
    using Before = Result<Real, BO, BA>;
    using After = Result<Real, O, A>;
    static constexpr int operands = After::operands, before = Before::operands;
    static constexpr int pitch = (K + width<Real> - 1) / width<Real> * width<Real>;
    static constexpr int fitting = 65536 / (pitch * static_cast<int>(sizeof(Real))) / 4 * 4, block = fitting < 4 ? 4 : fitting < M ? fitting : M;
    static constexpr GemmPlan plan = Swapped ? gemm_plan(N, block, K, BN, BK, 1, pitch, width<Real>, After::has_columns, sizeof(Real))
                                             : gemm_plan(block, N, K, pitch, 1, BK, BN, width<Real>, After::has_columns, sizeof(Real));
    static constexpr int items = gemm_items(plan);

    static void run(const Run& run, void* const* base) noexcept {
        const auto* b = static_cast<const Real*>(base[operands + before + 1]);
        const int m = Bounded == 1 ? run.count * Unit : M, k = Bounded == 2 ? run.count * Unit : K;
        const auto rows_from = [&](int number) {
            alignas(64) Real left[static_cast<long>(block) * pitch];
            const int first = number * block, rows = m - first < block ? m - first : block;
            void* from[before + 1];
            for (int i = 0; i + 1 < before; ++i) from[i] = base[operands + i];
            // Rows of the code count from the first of all.
            from[before - 1] = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(left) - static_cast<std::uintptr_t>(first) * pitch * sizeof(Real));
            Before::tile(from, static_cast<const Real*>(from[before - 1]), pitch, 0, first, rows, 0, k);  // no act reads the tile
            const GemmOperand<Real> x = Swapped ? GemmOperand<Real>{b, BN, BK} : GemmOperand<Real>{left, pitch, 1};
            const GemmOperand<Real> y = Swapped ? GemmOperand<Real>{left, 1, pitch} : GemmOperand<Real>{b, BK, BN};
            for (int i = 0; i < items; ++i)
                gemm_item<Real, plan>(i, Swapped ? GemmShape{N, rows, k} : GemmShape{rows, N, k}, x, y, [&](const Real* tile, long ld, int r0, int rs, int c0, int cs) {
                    After::tile(base, tile, ld, 0, r0 + (Swapped ? 0 : first), rs, c0 + (Swapped ? first : 0), cs);
                });
        };
        const int blocks = (m + block - 1) / block;
        if constexpr (After::has_columns)
            for (int i = 0; i < blocks; ++i) rows_from(i);
        else
            spread(run, blocks, rows_from);
    }
};

}  // namespace strata::host
