// SPDX-License-Identifier: BSL-1.0
/// Maps on a device: results element by element, several of them, from operands that broadcast or lie otherwise.
/// Launch: a thread a vector of 16 bytes; it goes down the rows, so that what is one for all rows is read once and nothing is divided on the way.
/// Needs: operands as the plan laid them out, arrays at multiples of 16 bytes.   Bound: memory bandwidth.   Traffic: each operand once.
#pragma once

#include <strata/kernel/cuda/passes.cuh>

namespace strata::cuda {

template <class Step>
struct Mapping {
    using W = Walk<Step>;
    using Index = typename W::Index;
    using Count = typename W::Count;
    static constexpr long workspace = 0;
    static constexpr int tickets = 0, bytes = 0;

    template <class Seq>
    struct Bytes;
    template <int... K>
    struct Bytes<std::integer_sequence<int, K...>> {
        template <int K1>
        static constexpr long size = static_cast<long>(sizeof(typename W::template ElementAt<K1>));
        static constexpr long of_rows = (0L + ... + (W::template shared_by_rows<K> ? size<K> : 0L));
        static constexpr int streams = (0 + ... + (W::template buffered<K> && !W::template shared_by_rows<K> ? 1 : 0));
        static constexpr long of_elements = (0L + ... + (W::template of_elements<K> ? size<K> : 0L));
    };
    using B = Bytes<typename W::Operands>;
    /// Rows that a thread has on the way: where few threads are wanted, each has to read more at a time.
    static constexpr int ahead = B::of_rows == 0 || W::outer < 64 ? 1 : B::streams <= 2 ? 4 : 2;
    using P = Passes<Step, 1, false, RowsOwn::registers, NoSums, ahead>;
    static constexpr long vectors = W::outer * W::length / W::width;
    static constexpr long blocks = blocks_for(divided_up(vectors, W::threads), B::of_rows * W::width * W::threads, B::of_elements * W::width * vectors);

    __device__ __forceinline__ static void run(const Bases<W::operands>& base, const Facts* facts, char*, unsigned*, const Share& share) {
        const Index n = W::length_in_run(share) / W::width, rows = W::rows_in_run(share);
        const Index threads = static_cast<Index>(share.width * W::threads), here = static_cast<Index>(share.x * W::threads + threadIdx.x);
        typename P::Thread t;
        t.place = W::begin(base, facts);
        if constexpr (W::outer == 1) {
            for (Index c = here; c < n; c += threads) {
                to_vector(t, c, share);
                P::template fetch<1>(t, 0);
                compute(t, 0);
            }
        } else {
            // Threads beyond the last whole row have nothing to do.
            const Index at_once = threads < n ? 1 : static_cast<Index>(static_cast<Count>(threads) / static_cast<Count>(n));
            const Index first = threads < n ? 0 : static_cast<Index>(static_cast<Count>(here) / static_cast<Count>(n));
            for (Index c = here - first * n; c < n && first < at_once; c += threads) {
                to_vector(t, c, share);
                P::hold(t);
                Index r = first;
                for (; r + (ahead - 1) * at_once < rows; r += ahead * at_once) {
#pragma unroll
                    for (int k = 0; k < ahead; ++k) {
                        t.place.set_outer(static_cast<Count>(r + k * at_once), share);
                        P::template fetch<1>(t, k);
                    }
#pragma unroll
                    for (int k = 0; k < ahead; ++k) {
                        t.place.set_outer(static_cast<Count>(r + k * at_once), share);
                        compute(t, k);
                    }
                }
                if constexpr (ahead > 1) {
                    for (; r < rows; r += at_once) {
                        t.place.set_outer(static_cast<Count>(r), share);
                        P::template fetch<1>(t, 0);
                        compute(t, 0);
                    }
                }
            }
        }
    }

  private:
    __device__ __forceinline__ static void to_vector(typename P::Thread& t, Index c, const Share& share) {
        t.place.set_inner(static_cast<Count>(c) * W::width, share);
        t.place.leader = c == 0;
    }
    __device__ __forceinline__ static void compute(typename P::Thread& t, int turn) {
        typename P::Row row;
        P::template on_row<0>(t, row);
        P::template compute<1>(t, row, turn);
    }
};

}  // namespace strata::cuda
