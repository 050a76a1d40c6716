// SPDX-License-Identifier: BSL-1.0
/// The map, row and column families on a device: one fused loop nest, one launch.
/// Launch, needs, bound and traffic: those of map.cuh, of rows.cuh where rows are folded, of columns.cuh where they are added, of partial_sums.cuh
/// where their sums do not fit there.
#pragma once

#include <strata/kernel/cuda/columns.cuh>
#include <strata/kernel/cuda/map.cuh>
#include <strata/kernel/cuda/partial_sums.cuh>

namespace strata::cuda {

template <class Step>
struct Loop {
    using W = Walk<Step>;
    static constexpr int operands = W::operands, threads = W::threads;
    static constexpr auto kernel() {
        if constexpr (!W::columns && !W::folds)
            return Mapping<Step>{};
        else if constexpr (!W::columns)
            return RowFolding<Step>{};
        else if constexpr (ColumnSums<Step>::fits)
            return ColumnSums<Step>{};
        else
            return PartialSums<Step>{};
    }
    using Kernel = decltype(kernel());
    static constexpr long workspace = Kernel::workspace;
    static constexpr int tickets = Kernel::tickets, bytes = Kernel::bytes;

    __device__ __forceinline__ static void run(const Bases<operands>& base, const Facts* facts, char* memory, unsigned* tickets_of, const Share& share) {
        Kernel::run(base, facts, memory, tickets_of, share);
    }
    static constexpr dim3 grid() { return dim3(static_cast<unsigned>(Kernel::blocks)); }
    static void launch(const Launch& l, void* const* base);
    /// What is read or written by vectors has to begin at a multiple of 16 bytes.   Throws DeviceError.
    static void check(void* const* base) { check_alignment(base, std::make_integer_sequence<int, operands>{}); }

  private:
    template <int... K>
    static void check_alignment(void* const* base, std::integer_sequence<int, K...>) {
        if (((W::template wide<K> && W::width > 1 && reinterpret_cast<std::uintptr_t>(base[K]) % most_bytes != 0) || ...))
            raise<DeviceError>("strata: an array on a device does not begin at a multiple of 16 bytes; give one that cudaMalloc made, whole");
    }
};

/// Bytes: of shared memory at the launch, as for contract_kernel.
// Without the 1 ptxas spills registers of some kernels for the sake of more blocks; with it others take two registers more, on average.
template <class Step, int N, int Bytes>
__global__ void __launch_bounds__(256, 1) loop_kernel(Bases<N> base, const Facts* facts, char* workspace, unsigned* ticket) {
    Loop<Step>::run(base, facts, workspace, ticket, own_share(facts));
}

template <class Step>
void Loop<Step>::launch(const Launch& l, void* const* base) {
    check(base);
    Bases<operands> b{};
    for (int i = 0; i < operands; ++i) b.at[i] = base[i];
    constexpr auto kernel = &loop_kernel<Step, operands, bytes>;
    grant(kernel, bytes);
    kernel<<<grid(), threads, bytes, l.stream>>>(b, l.facts, l.workspace, l.tickets);
    launched();
}

}  // namespace strata::cuda
