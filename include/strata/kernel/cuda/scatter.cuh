// SPDX-License-Identifier: BSL-1.0
/// Sums of rows, each put where its index says, on a device.
/// Launch: a block a row of the table, whose warps walk the indices, 32 at a time; no atomics, so the order of a sum is that of the indices.
/// Needs: dy, indices and table row-major without gaps, dy of the table's type; an index outside the table adds to none. Any grid.
/// Bound: rows x indices / 32 comparisons, from the cache; then memory bandwidth.   Traffic: each chosen row of dy once, the table once.
#pragma once

#include <strata/kernel/cuda/launch.cuh>

namespace strata::cuda {

template <class Step>
struct Scatter;
template <DType T, DType I, int Blocks, int Rows, int Columns, int Indices, int Bounded, int Unit>
struct Scatter<ScatterStep<T, I, Blocks, Rows, Columns, Indices, Bounded, Unit>> {
    using Real = Element<T>;
    using Index = Element<I>;
    static constexpr int operands = 3, threads = Columns >= 256 ? 256 : Columns > 32 ? 128 : 32;
    static constexpr long workspace = 0;
    static constexpr int tickets = 0, bytes = 0;

    __device__ __forceinline__ static void run(const Bases<operands>& base, const Facts*, char*, unsigned*, const Share& share) {
        const int blocks = Bounded == 1 ? share.count * Unit : Blocks, indices = Bounded == 2 ? share.count * Unit : Indices;
        const Real* dy = static_cast<const Real*>(base.at[1]);
        const Index* index = static_cast<const Index*>(base.at[2]);
        Real* out = static_cast<Real*>(base.at[0]);
        const int lane = static_cast<int>(threadIdx.x) % 32;
        for (int r = static_cast<int>(share.x); r < blocks * Rows; r += static_cast<int>(share.width)) {
            const int row = r % Rows;
            const Real* rows = dy + long{r / Rows} * indices * Columns;
            for (int first = 0; first < Columns; first += threads) {
                const int c = first + static_cast<int>(threadIdx.x);
                Real sum = Real(0);
                // A warp compares 32 indices at a time, and adds for those that are the row, in order.
                for (int i = 0; i < indices; i += 32) {
                    unsigned found = __ballot_sync(0xffffffffu, i + lane < indices && index[i + lane] == static_cast<Index>(row));
                    for (; found != 0; found &= found - 1)
                        if (c < Columns) sum += rows[long{i + __ffs(static_cast<int>(found)) - 1} * Columns + c];
                }
                if (c < Columns) out[long{r} * Columns + c] = sum;
            }
        }
    }
    static constexpr dim3 grid() { return dim3(static_cast<unsigned>(at_most(long{Blocks} * Rows, 65536))); }
    static void launch(const Launch& l, void* const* base);
};

template <class Step>
__global__ void __launch_bounds__(256) scatter_kernel(Bases<3> base, const Facts* facts) {
    Scatter<Step>::run(base, facts, nullptr, nullptr, own_share(facts));
}

template <DType T, DType I, int Blocks, int Rows, int Columns, int Indices, int Bounded, int Unit>
void Scatter<ScatterStep<T, I, Blocks, Rows, Columns, Indices, Bounded, Unit>>::launch(const Launch& l, void* const* base) {
    const Bases<3> b{{base[0], base[1], base[2]}};
    scatter_kernel<ScatterStep<T, I, Blocks, Rows, Columns, Indices, Bounded, Unit>><<<grid(), threads, 0, l.stream>>>(b, l.facts);
    launched();
}

}  // namespace strata::cuda
