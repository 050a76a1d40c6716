// SPDX-License-Identifier: BSL-1.0
/// The contract family: a batched matrix product whose result goes through the step's code while it lies in the first cache.
#pragma once

#include <strata/kernel/host/gemm.hpp>
#include <strata/kernel/host/result.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// A product as gemm takes it. A result that lies [n][m] is the product of the transposed operands in the other order.
template <class Real, bool Swapped, int M, int N, int K, long AM, long AK, long BK, long BN, bool WholeRows>
struct Product {
    static constexpr GemmPlan plan = Swapped ? gemm_plan(N, M, K, BN, BK, AK, AM, width<Real>, WholeRows, sizeof(Real))
                                             : gemm_plan(M, N, K, AM, AK, BK, BN, width<Real>, WholeRows, sizeof(Real));
    static constexpr int items = gemm_items(plan);
    /// Item `item` of [m][k] times [k][N]; see gemm_item for what `out` is given.
    template <class Out>
    STRATA_INLINE static void item(int item, int m, int k, const Real* a, const Real* b, Out&& out) noexcept {
        if constexpr (Swapped)
            gemm_item<Real, plan>(item, GemmShape{N, m, k}, GemmOperand<Real>{b, BN, BK}, GemmOperand<Real>{a, AK, AM}, out);
        else
            gemm_item<Real, plan>(item, GemmShape{m, N, k}, GemmOperand<Real>{a, AM, AK}, GemmOperand<Real>{b, BK, BN}, out);
    }
};

/// Where a product's finished blocks go, rows and columns counted from the first given: through the code After, or straight to memory if that is
/// all it does.
template <class Real, class After>
STRATA_INLINE auto handed_to(void* const* base, int batch, int row, int column) noexcept {
    if constexpr (After::copies) {
        using To = typename After::template At<0>;
        return GemmStore<Real>{static_cast<Real*>(base[0]) + batch * To::s0 + row * To::s1 + column, To::s1};
    } else {
        return [=](const Real* tile, long ld, int r0, int rows, int c0, int columns) {
            After::tile(base, tile, ld, batch, row + r0, rows, column + c0, columns);
        };
    }
}

template <class Step>
struct Contract;
template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, bool Swapped, class O, class A>
struct Contract<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, Swapped, O, A, Accesses<>, Acts<>>> {
    using After = Result<Real, O, A>;
    using Product = host::Product<Real, Swapped, M, N, K, AM, AK, BK, BN, After::has_columns>;
    static constexpr int operands = After::operands;
    static_assert(F::left == dtype_of<Real> && F::right == dtype_of<Real>, "strata: products on the host read operands of the result's type alone; report this as a defect");
    /// Sums along the rows of a result that lies the other way need its blocks in order.
    static constexpr bool serial = Swapped && After::has_columns;

    static void run(const Run& run, void* const* base) noexcept {
        const auto* a = static_cast<const Real*>(base[operands]);
        const auto* b = static_cast<const Real*>(base[operands + 1]);
        const int m = Bounded == 1 ? run.count * Unit : M, k = Bounded == 2 ? run.count * Unit : K;
        const int items = (Bounded == 3 ? run.count * Unit : Batch) * Product::items;
        const auto piece = [&](int number) {
            const int batch = number / Product::items;
            Product::item(number % Product::items, m, k, a + batch * AB, b + batch * BB, handed_to<Real, After>(base, batch, 0, 0));
        };
        if constexpr (serial)
            for (int i = 0; i < items; ++i) piece(i);
        else
            spread(run, items, piece);
    }
};

/// The left operand is computed, some rows at a time, into scratch memory that stays in the second cache, and multiplied from there.
template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, bool Swapped, class O, class A, class BO, class BA>
struct Contract<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, Swapped, O, A, BO, BA>> {
    static_assert(Batch == 1 && AK == 1, "strata: only plain rows are computed within a product; report this as a defect");
    using Before = Result<Real, BO, BA>;
    using After = Result<Real, O, A>;
    static constexpr int operands = After::operands, before = Before::operands;
    static constexpr int pitch = static_cast<int>(Before::template At<before - 1>::s1);  // of the scratch rows
    static constexpr int fitting = 65536 / (pitch * static_cast<int>(sizeof(Real))) / 4 * 4, block = fitting < 4 ? 4 : fitting < M ? fitting : M;
    using Product = host::Product<Real, Swapped, block, N, K, pitch, 1, BK, BN, After::has_columns>;

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
            for (int i = 0; i < Product::items; ++i)
                Product::item(i, rows, k, left, b, handed_to<Real, After>(base, 0, Swapped ? 0 : first, Swapped ? first : 0));
        };
        const int blocks = (m + block - 1) / block;
        if constexpr (After::has_columns)
            for (int i = 0; i < blocks; ++i) rows_from(i);
        else
            spread(run, blocks, rows_from);
    }
};

}  // namespace strata::host
