// SPDX-License-Identifier: BSL-1.0
/// Sums over rows that fit into no registers: of rows that lie side by side, of rows too long, of several breadths at once.
/// Launch: a block, or a part of one, a part of the rows; parts are fixed by the shape. Its sums lie in the workspace, and the last block adds them in order.
/// Needs: operands as the plan laid them out.   Bound: memory bandwidth.   Traffic: each operand once, and a part's sums twice a row: columns.cuh does better.
#pragma once

#include <strata/kernel/cuda/rows.cuh>

namespace strata::cuda {

template <class Step>
struct PartialSums;
template <class Real, class N, class... O, class... A>
struct PartialSums<LoopStep<Real, N, Accesses<O...>, Acts<A...>>> {
    using Step = LoopStep<Real, N, Accesses<O...>, Acts<A...>>;
    using W = Walk<Step>;
    using S = Sharing<Step>;
    using Index = typename W::Index;
    using Count = typename W::Count;
    using Operands = typename W::Operands;
    static constexpr bool vertical = W::vertical;
    /// Whether places of one row meet in a sum over rows: its threads would overwrite each other's, so a row is one thread's.
    static constexpr bool meets = !vertical && ((A::what == Do::column && A::section % 2 == 1 && W::template At<A::what == Do::column ? A::operand : 0>::lane != 0 &&
                                                 W::template repeats<A::what == Do::column ? A::operand : 0>()) || ...);
    static constexpr int team = vertical || meets ? 1 : S::team < 32 ? 32 : S::team, turns = S::turns_in_registers(team);
    template <int K>
    using SumAt = Held<W::template At<K>::type>;
    template <int K>
    using ElementAt = typename W::template ElementAt<K>;

    static constexpr long work = W::outer * W::length * (vertical ? N::n7 : 1);
    static constexpr int parts = static_cast<int>(at_most(W::outer, at_most(work / 8192 + 1, 128)));
    static constexpr long rows_of_part = divided_up(W::outer, parts);
    static constexpr int part_threads = vertical ? W::threads : team;
    static constexpr long blocks = divided_up(long{parts} * part_threads, W::threads);
    template <int K>
    static constexpr bool sums = ((A::what == Do::column && A::operand == K) || ...);
    /// Whether a sum runs along what threads share, so that their values have to become one.
    template <int K>
    static constexpr bool collapses = sums<K> && W::template At<K>::lane == 0 && (vertical || ((A::what == Do::column && A::operand == K && A::section % 2 == 1) || ...));
    template <class Seq>
    struct Slots;
    template <int... K>
    struct Slots<std::integer_sequence<int, K...>> : Piece<K, SumAt<K>, collapses<K>>... {
        static constexpr long dense(int k) {
            const long bytes[] = {(sums<K> ? divided_up(W::template At<K>::elements * static_cast<long>(sizeof(SumAt<K>)), most_bytes) * most_bytes : 0L)..., 0};
            long before = 0;
            for (int i = 0; i < k; ++i) before += bytes[i];
            return before;
        }
    };
    template <int K>
    static constexpr long bytes_before = Slots<Operands>::dense(K);
    static constexpr long part_bytes = bytes_before<W::operands>;
    static constexpr long workspace = parts > 1 ? parts * part_bytes : 0;
    static constexpr int tickets = parts > 1 ? 1 : 0, bytes = 0;

    template <int K>
    using PartAt = std::conditional_t<parts == 1, ElementAt<K>, SumAt<K>>;
    /// Where a part's sums are: in the result itself if there is one part only.
    template <int K>
    __device__ __forceinline__ static PartAt<K>* sum_of(const Bases<W::operands>& base, char* part) {
        if constexpr (parts == 1)
            return static_cast<ElementAt<K>*>(base.at[K]);
        else
            return reinterpret_cast<SumAt<K>*>(part + bytes_before<K>);
    }
    template <class E, class V>
    __device__ __forceinline__ static void add_to(E& to, V v) {
        to = to + v;
    }
    struct Sums : Slots<Operands> {
        char* part;
        template <int K, bool OnRow, class V>
        __device__ __forceinline__ void add(const typename W::Place& place, int, int k, V v) {
            using X = typename W::template At<K>;
            static_assert(!collapses<K> || W::inner == 1 || (X::s4 == 0 && X::s5 == 0 && X::s6 == 0), "strata: a sum over rows and a part of the row has no kernel on CUDA; sum in two steps");
            if constexpr (collapses<K>)
                static_cast<Piece<K, SumAt<K>, true>&>(*this).value += v;
            else if (!OnRow || vertical || place.leader)
                add_to(sum_of<K>(*place.base, part)[place.template at<K>() + k * static_cast<Index>(X::lane)], v);
        }
    };
    using P = Passes<Step, turns, S::keeps && team == S::team, RowsOwn::memory, Sums>;
    static constexpr bool unrolled = P::keeps && turns <= 16;

    __device__ __forceinline__ static void run(const Bases<W::operands>& base, const Facts* facts, char* workspace, unsigned* ticket, const Share& share) {
        for (unsigned block = share.x; block < static_cast<unsigned>(blocks); block += share.width) {
            add_rows(base, facts, workspace, block, share);
            if constexpr (parts > 1)
                if (last_of(ticket, static_cast<unsigned>(blocks))) add_parts(base, workspace, Operands{});
        }
    }

  private:
    /// The sums of the part, or parts, that a block has.
    __device__ __forceinline__ static void add_rows(const Bases<W::operands>& base, const Facts* facts, char* workspace, unsigned block, const Share& share) {
        const int number = static_cast<int>(block * (W::threads / part_threads) + threadIdx.x / part_threads), rank = static_cast<int>(threadIdx.x) % part_threads;
        if (number >= parts) return;
        typename P::Thread t;
        t.place = W::begin(base, facts);
        t.place.leader = Team<team>::rank() == 0;
        t.sums.part = workspace + number * part_bytes;
        clear(base, t.sums.part, rank, Operands{});
        Team<part_threads>::wait();
        const Index n = W::length_in_run(share), all = W::rows_in_run(share), past = static_cast<Index>((number + 1) * rows_of_part), end = past < all ? past : all;
        const int lanes = vertical ? static_cast<int>(W::template rows_in_run<0x80u>(share)) : rank + 1;
        for (Index r = static_cast<Index>(number * rows_of_part); r < end; ++r) {
            t.place.set_outer(static_cast<Count>(r), share);
            begin(t.sums, Operands{});
            for (int lane = rank; lane < lanes; lane += part_threads) {
                if constexpr (vertical) t.place.i[lane_loop] = lane + W::template first_turn<lane_loop>(share);
                typename P::Row row;
                P::template over_row<Team<team>, unrolled>(t, row, n, 0, share);
            }
            t.place.set_inner(0, share);
            if constexpr (vertical) t.place.i[lane_loop] = W::template first_turn<lane_loop>(share);
            end_all(t, rank, Operands{});
        }
    }
    template <int... K>
    __device__ __forceinline__ static void clear(const Bases<W::operands>& base, char* part, int rank, std::integer_sequence<int, K...>) {
        (clear_one<K>(base, part, rank), ...);
    }
    template <int K>
    __device__ __forceinline__ static void clear_one(const Bases<W::operands>& base, char* part, int rank) {
        if constexpr (sums<K>)
            for (long e = rank; e < W::template At<K>::elements; e += part_threads) sum_of<K>(base, part)[e] = SumAt<K>(0);
    }
    template <int... K>
    __device__ __forceinline__ static void begin(Sums& s, std::integer_sequence<int, K...>) {
        (begin_one<K>(s), ...);
    }
    template <int K>
    __device__ __forceinline__ static void begin_one(Sums& s) {
        if constexpr (collapses<K>) static_cast<Piece<K, SumAt<K>, true>&>(s).value = SumAt<K>(0);
    }
    template <int... K>
    __device__ __forceinline__ static void end_all(typename P::Thread& t, int rank, std::integer_sequence<int, K...>) {
        (end_one<K>(t, rank), ...);
    }
    template <int K>
    __device__ __forceinline__ static void end_one(typename P::Thread& t, int rank) {
        if constexpr (collapses<K>) {
            using E = SumAt<K>;
            const E v = Team<part_threads>::join(static_cast<Piece<K, E, true>&>(t.sums).value, [](E a, E b) { return a + b; });
            if (rank == 0) add_to(sum_of<K>(*t.place.base, t.sums.part)[t.place.template at<K>()], v);
        }
    }
    template <int... K>
    __device__ __forceinline__ static void add_parts(const Bases<W::operands>& base, char* workspace, std::integer_sequence<int, K...>) {
        (add_parts_of<K>(base, workspace), ...);
    }
    template <int K>
    __device__ __forceinline__ static void add_parts_of(const Bases<W::operands>& base, char* workspace) {
        if constexpr (sums<K>) {
            using E = SumAt<K>;
            for (long e = threadIdx.x; e < W::template At<K>::elements; e += W::threads) {
                E sum = __ldcg(sum_of<K>(base, workspace) + e);
                for (int part = 1; part < parts; ++part) sum += __ldcg(sum_of<K>(base, workspace + part * part_bytes) + e);
                static_cast<ElementAt<K>*>(base.at[K])[e] = sum;
            }
        }
    }
};

}  // namespace strata::cuda
