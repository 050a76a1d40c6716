// SPDX-License-Identifier: BSL-1.0
/// Folds along rows on a device, in as many passes as they need.
/// Launch: a row a thread, a part of a warp, a warp or a block, by its length; each takes several rows, one after the other. Rows that lie beside each
/// other (an axis is folded that is not the last) are shared by threads of a block a few rows apart, where there are too few for all. Of a few long rows
/// that are folded once each block takes a part; the last one that has come to a row's end folds what all of them left, in order.
/// Needs: operands as the plan laid them out, arrays at multiples of 16 bytes.   Bound: memory bandwidth.
/// Traffic: each operand once, where a row's values fit into the registers of those who share it; what is one for all rows once a block.
#pragma once

#include <strata/kernel/cuda/passes.cuh>
#include <strata/kernel/cuda/tile.cuh>

namespace strata::cuda {

/// How threads share rows: by the length of these, and by how much of them is kept.
template <class Step>
struct Sharing {
    using W = Walk<Step>;
    template <class Seq>
    struct Bytes;
    template <int... K>
    struct Bytes<std::integer_sequence<int, K...>> {
        template <int K1>
        static constexpr long size = static_cast<long>(sizeof(typename W::template ElementAt<K1>));
        template <int K1>
        static constexpr bool scratch = W::template At<K1>::source == Source::scratch;
        template <int K1>
        static constexpr bool twice = W::template buffered<K1> && W::template passes_loading<K1>() > 1 && !W::template shared_by_rows<K1>;
        static constexpr long scratch_of_element = (0L + ... + (scratch<K> ? size<K> : 0L));
        static constexpr long kept_of_element = scratch_of_element + (0L + ... + (twice<K> ? size<K> : 0L));
        static constexpr long of_rows = (0L + ... + (W::template shared_by_rows<K> ? divided_up(W::length * size<K>, most_bytes) * most_bytes : 0L));
        static constexpr long of_elements = (0L + ... + (W::template of_elements<K> ? size<K> : 0L));
    };
    using B = Bytes<typename W::Operands>;
    static constexpr long vectors = W::length / W::width;
    static constexpr long turns_of(int team) { return divided_up(vectors, team); }
    /// The same where these are counted while compiling; more than can be kept in registers are as good as any.
    static constexpr int turns_in_registers(int team) { return static_cast<int>(at_most(turns_of(team), 1 << 20)); }
    /// 32-bit registers that hold what a thread of such a team keeps.
    static constexpr long registers_of(int team) { return turns_of(team) * W::width * B::kept_of_element / 4; }
    static constexpr int most_turns = W::width > 1 ? 8 : 16;
    static constexpr int team_for() {
        if (W::vertical) return 1;
        int team = 1;
        while (team < 32 && team < vectors) team *= 2;
        if (team < 32) return team;
        return turns_of(32) <= most_turns && registers_of(32) <= 64 ? 32 : W::threads;
    }
    static constexpr int team = team_for();
    /// Threads that share a row beside others: more while a large device has idle ones and each finds work, but neighbours still read 32 rows side by side.
    static constexpr int stacked = [] {
        int n = 1;
        const long side_by_side = at_most(W::Nest::n7, 32);
        while (W::vertical && 2 * n * side_by_side <= W::threads && W::outer * W::Nest::n7 * n < 132 * 1024 && W::length >= 32 * n) n *= 2;
        return n;
    }();
    static constexpr bool keeps = !W::vertical && turns_of(team) <= 16 && registers_of(team) <= 64;
    /// Whether a block reads what is one for all rows into its memory.
    static constexpr bool shares = !W::vertical && B::of_rows > 0 && B::of_rows <= 32768 && W::outer >= 2 * W::threads / team;
};

template <class Step>
struct RowFolding {
    using W = Walk<Step>;
    using S = Sharing<Step>;
    using Index = typename W::Index;
    using Count = typename W::Count;
    using Sharers = std::conditional_t<W::vertical, Stack<S::stacked, W::threads>, Team<S::team>>;
    static constexpr int team = Sharers::size, turns = S::turns_in_registers(team);
    /// Blocks that share a row: each thread of theirs has several vectors to fold. Rows that are gone over again are a block's.
    static constexpr int parts = [] {
        constexpr long enough = W::length / (8 * W::threads * W::width), most = 1056 / W::outer;
        return team < W::threads || W::Nest::sections > 3 || enough < 2 || most < 2 ? 1 : static_cast<int>(at_most(enough, most));
    }();
    using P = Passes<Step, turns, S::keeps, S::shares && parts == 1 ? RowsOwn::shared : RowsOwn::memory, NoSums>;
    static constexpr bool unrolled = P::keeps && turns <= 16;
    static constexpr long part = divided_up(divided_up(W::length, parts), W::threads * W::width) * W::threads * W::width;
    static constexpr long workspace = parts > 1 ? W::outer * parts * P::Code::folds_bytes : 0;
    static constexpr int tickets = parts > 1 ? static_cast<int>(W::outer) : 0;
    static constexpr int bytes = static_cast<int>(P::shared_bytes);  ///< of the block's memory
    static constexpr long lanes = W::vertical ? W::Nest::n7 : 1;  ///< rows side by side
    static constexpr long blocks = parts > 1 ? W::outer * parts : blocks_for(divided_up(W::outer * lanes * team, W::threads), P::shared_bytes, S::B::of_elements * W::outer * lanes * W::length);

    __device__ __forceinline__ static void run(const Bases<W::operands>& base, const Facts* facts, char* workspace, unsigned* ticket, const Share& share) {
        if constexpr (parts > 1)
            run_parts(base, facts, workspace, ticket, share);
        else
            run_rows(base, facts, share);
    }

  private:
    __device__ __forceinline__ static void run_parts(const Bases<W::operands>& base, const Facts* facts, char* workspace, unsigned* ticket, const Share& share) {
        using Code = typename P::Code;
        const Index n = W::length_in_run(share), all = W::rows_in_run(share) * parts;
        typename P::Thread t;
        t.place = W::begin(base, facts);
        for (Index item = static_cast<Index>(share.x); item < all; item += static_cast<Index>(share.width)) {
            const Index r = item / parts, own = item % parts, begin = own * static_cast<Index>(part), end = begin + static_cast<Index>(part);
            char* const of_row = workspace + r * (parts * Code::folds_bytes);
            typename P::Row row;
            t.place.set_outer(static_cast<Count>(r), share);
            t.place.leader = Sharers::rank() == 0 && own == 0;
            P::template over_row<Sharers, false, 0, 1>(t, row, end < n ? end : n, begin, share);
            if (Sharers::rank() == 0) Code::template leave<1>(row, of_row + own * Code::folds_bytes);
            if (!last_of(ticket + r, parts)) continue;
            t.place.leader = Sharers::rank() == 0;
            Code::template start<1>(row);
            for (int other = Sharers::rank(); other < parts; other += team) Code::template meet<1>(row, of_row + other * Code::folds_bytes);
            Code::template finish<1, Sharers>(row);
            P::template over_row<Sharers, false, 1>(t, row, n, 0, share);
        }
    }
    __device__ __forceinline__ static void run_rows(const Bases<W::operands>& base, const Facts* facts, const Share& share) {
        const Index n = W::length_in_run(share), beside = W::vertical ? W::template rows_in_run<0x80u>(share) : 1, all = W::rows_in_run(share) * beside;
        typename P::Thread t;
        t.place = W::begin(base, facts);
        t.place.leader = Sharers::rank() == 0;
        if constexpr (P::shared_bytes > 0) P::stage(t, block_memory(), n, share);
        constexpr int at_once = W::threads / team;  // rows of a block
        for (Index first = static_cast<Index>(share.x * at_once); first < all; first += static_cast<Index>(share.width * at_once)) {
            typename P::Row row;
            if constexpr (W::vertical) {
                // All threads go on to where those that share a row meet; who has no row folds nothing.
                const Index own = first + static_cast<Index>(threadIdx.x) % at_once, r = own < all ? own : all - 1;
                t.place.leader = Sharers::rank() == 0 && own < all;
                t.place.i[lane_loop] = static_cast<Index>(static_cast<Count>(r) % static_cast<Count>(beside)) + W::template first_turn<lane_loop>(share);
                t.place.set_outer(static_cast<Count>(r) / static_cast<Count>(beside), share);
                P::template over_row<Sharers, unrolled>(t, row, own < all ? n : 0, 0, share);
            } else if (const Index r = first + static_cast<Index>(threadIdx.x / team); r < all) {
                t.place.set_outer(static_cast<Count>(r), share);
                P::template over_row<Sharers, unrolled>(t, row, n, 0, share);
            }
        }
    }
};

}  // namespace strata::cuda
