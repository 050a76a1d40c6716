// SPDX-License-Identifier: BSL-1.0
/// Sums over rows on a device, beside maps and folds along the rows.
/// Launch: a block a part of the rows, and of the columns where no fold needs whole rows; parts are fixed by the shape. A thread keeps the sums of
/// its columns in registers, threads with the same columns add theirs in shared memory, blocks by way of the workspace, where the last one adds.
/// Needs: operands as the plan laid them out, arrays at multiples of 16 bytes; sums that fit, else partial_sums.cuh.
/// Bound: memory bandwidth.   Traffic: each operand once; each part's sums written and read once.
#pragma once

#include <strata/kernel/cuda/rows.cuh>

namespace strata::cuda {

/// N elements that other blocks have written, past the first cache.
template <int N, class E>
__device__ __forceinline__ Vector<E, N> load_fresh(const E* from) {
    Vector<E, N> v;
    if constexpr (sizeof v % most_bytes == 0) {
#pragma unroll
        for (int i = 0; i < static_cast<int>(sizeof v) / most_bytes; ++i) {
            const uint4 bits = __ldcg(reinterpret_cast<const uint4*>(from) + i);
            memcpy(reinterpret_cast<uint4*>(&v) + i, &bits, sizeof bits);
        }
    } else {
#pragma unroll
        for (int i = 0; i < N; ++i) v.at[i] = __ldcg(from + i);
    }
    return v;
}

template <class Step>
struct ColumnSums;
template <class Real, class N, class... O, class... A>
struct ColumnSums<LoopStep<Real, N, Accesses<O...>, Acts<A...>>> {
    using Step = LoopStep<Real, N, Accesses<O...>, Acts<A...>>;
    using W = Walk<Step>;
    using S = Sharing<Step>;
    using Index = typename W::Index;
    using Count = typename W::Count;
    using Operands = typename W::Operands;
    static constexpr int width = W::width, threads = W::threads;
    template <int K>
    static constexpr bool sums = ((A::what == Do::column && A::operand == K) || ...);
    template <int K>
    using SumAt = Held<W::template At<K>::type>;
    /// One sum for the whole row.
    template <int K>
    static constexpr bool one = sums<K> && W::template same_along<K>(first_inner, max_loops);

    // --- whether the sums fit ------------------------------------------------------------------------------------------------
    template <class Seq>
    struct Sizes;
    template <int... K>
    struct Sizes<std::integer_sequence<int, K...>> {
        template <int K1>
        static constexpr long size = static_cast<long>(sizeof(SumAt<K1>));
        static constexpr bool any_one = (one<K> || ...);
        /// Every sum is over all rows, and has an element for each of the row, or one.
        static constexpr bool plain = ((!sums<K> || (W::template same_along<K>(0, first_inner) && (one<K> || !W::template repeats<K>()))) && ...);
        /// Of a sum in which threads meet.
        static constexpr long most_size = [] {
            long most = 0;
            ((most = sums<K> && !one<K> && size<K> > most ? size<K> : most), ...);
            return most;
        }();
        static constexpr long of_column = (0L + ... + (sums<K> && !one<K> ? size<K> : 0L));
        static constexpr long dense(int k, long columns, long ones) {
            const long bytes[] = {(sums<K> ? divided_up((one<K> ? ones : columns) * size<K>, most_bytes) * most_bytes : 0L)..., 0};
            long before = 0;
            for (int i = 0; i < k; ++i) before += bytes[i];
            return before;
        }
    };
    using Z = Sizes<Operands>;
    static constexpr int team = W::folds ? S::team : S::turns_of(32) > 1 ? 32 : S::team_for();
    static constexpr int turns = W::folds ? S::turns_in_registers(team) : 1;
    static constexpr bool fits = W::columns && !W::vertical && Z::plain && turns <= 16 && turns * width * Z::of_column / 4 <= 64;

    // --- parts ---------------------------------------------------------------------------------------------------------------
    static constexpr int deep = threads / team;  ///< rows that a block walks at a time
    static constexpr int at_a_time = W::folds ? 1 : 4;  ///< rows that a thread has on the way
    static constexpr long tile_length = long{turns} * team * width;
    static constexpr long tiles = divided_up(W::length, tile_length);
    static constexpr long positive(long n) { return n < 1 ? 1 : n; }
    /// Parts that give every block 8192 elements at least, and whose sums are few beside what has to be read.
    static constexpr long moved = S::B::of_elements * W::outer * W::length, moved_of_part = positive(50 * Z::of_column * W::length);
    static constexpr int parts = static_cast<int>(positive(at_most(at_most(W::outer * W::length / 8192 / tiles, at_most(moved / moved_of_part, W::outer / 16)), divided_up(528, tiles))));
    static constexpr long rows_of_part = divided_up(W::outer, parts);
    static constexpr long blocks = tiles * parts;
    template <int K>
    static constexpr long bytes_before = Z::dense(K, W::length, tiles);
    static constexpr long part_bytes = bytes_before<W::operands>;
    static constexpr long workspace = blocks > 1 ? parts * part_bytes : 0;
    static constexpr int tickets = (parts > 1 ? static_cast<int>(tiles) : 0) + (blocks > 1 && Z::any_one ? 1 : 0);

    // --- sums ----------------------------------------------------------------------------------------------------------------
    template <int K>
    using VectorAt = Vector<SumAt<K>, width>;
    template <class Seq>
    struct Slots;
    template <int... K>
    struct Slots<std::integer_sequence<int, K...>> : Piece<K, VectorAt<K>[turns], sums<K> && !one<K>>..., Piece<K, SumAt<K>, one<K>>... {};
    struct Sums : Slots<Operands> {
        template <int K, bool OnRow, class V>
        __device__ __forceinline__ void add(const typename W::Place& place, int turn, int k, V v) {
            if constexpr (!one<K>)
                of_turn<K>(*this, turn).at[k] += v;
            else if (!OnRow || place.leader)
                whole<K>(*this) += v;
        }
    };
    template <int K>
    __device__ __forceinline__ static VectorAt<K>& of_turn(Sums& s, int turn) {
        return static_cast<Piece<K, VectorAt<K>[turns], true>&>(s).value[turn];
    }
    template <int K>
    __device__ __forceinline__ static auto& whole(Sums& s) {
        return static_cast<Piece<K, SumAt<K>, true>&>(s).value;
    }
    using P = Passes<Step, turns, W::folds && S::keeps, !W::folds ? RowsOwn::registers : S::shares ? RowsOwn::shared : RowsOwn::memory, Sums>;
    static constexpr int meeting_bytes = static_cast<int>(threads * width * Z::most_size), bytes = meeting_bytes + static_cast<int>(P::shared_bytes);  ///< of the block's memory

    __device__ __forceinline__ static void run(const Bases<W::operands>& base, const Facts* facts, char* workspace, unsigned* ticket, const Share& share) {
        typename P::Thread t;
        t.place = W::begin(base, facts);
        const Index length = W::length_in_run(share);
        char* const meeting = block_memory();
        if constexpr (P::shared_bytes > 0) P::stage(t, meeting + meeting_bytes, length, share);
        for (unsigned block = share.x; block < static_cast<unsigned>(blocks); block += share.width) {
            const Index tile = static_cast<Index>(block % static_cast<unsigned>(tiles)), first = tile * static_cast<Index>(tile_length);
            const Index past = first + static_cast<Index>(tile_length);
            const Target to{share, workspace, meeting, tile, static_cast<Index>(block / static_cast<unsigned>(tiles)), first, past < length ? past : length};
            t.place.leader = Team<team>::rank() == 0 && first == 0;
            add_rows(t, to);
            meet_all<parts == 1>(t, to, Operands{});
            if constexpr (parts > 1)
                if (last_of(ticket + tile, parts)) {
                    clear(t.sums, Operands{});
                    gather_all(t, to, Operands{});
                    meet_all<true>(t, to, Operands{});
                }
            if constexpr (blocks > 1 && Z::any_one)
                if (last_of(ticket + (parts > 1 ? tiles : 0), static_cast<unsigned>(blocks))) add_ones(t, to, Operands{});
        }
    }

  private:
    struct Target {
        const Share& share;
        char *workspace, *meeting;
        Index tile, part, first, n;  ///< n: where the tile ends in the row
        template <int K>
        __device__ __forceinline__ SumAt<K>* sums_of(Index part) const {
            return reinterpret_cast<SumAt<K>*>(workspace + part * part_bytes + bytes_before<K>);
        }
    };
    /// All passes over the rows of a part.
    __device__ __forceinline__ static void add_rows(typename P::Thread& t, const Target& to) {
        if constexpr (!W::folds)
            if (const Index e = to.first + Team<team>::rank() * width; e < to.n) {
                t.place.set_inner(static_cast<Count>(e), to.share);
                P::hold(t);
            }
        clear(t.sums, Operands{});
        const Index all = W::rows_in_run(to.share), past = (to.part + 1) * static_cast<Index>(rows_of_part), end = past < all ? past : all;
#pragma unroll at_a_time
        for (Index r = to.part * static_cast<Index>(rows_of_part) + static_cast<Index>(threadIdx.x / team); r < end; r += deep) {
            t.place.set_outer(static_cast<Count>(r), to.share);
            typename P::Row row;
            P::template over_row<Team<team>, true>(t, row, to.n, to.first, to.share);
        }
    }
    template <int... K>
    __device__ __forceinline__ static void clear(Sums& s, std::integer_sequence<int, K...>) {
        (clear_one<K>(s), ...);
    }
    template <int K>
    __device__ __forceinline__ static void clear_one(Sums& s) {
        using E = SumAt<K>;
        if constexpr (one<K>) {
            whole<K>(s) = E(0);
        } else if constexpr (sums<K>) {
#pragma unroll
            for (int turn = 0; turn < turns; ++turn) {
#pragma unroll
                for (int k = 0; k < width; ++k) of_turn<K>(s, turn).at[k] = E(0);
            }
        }
    }
    template <bool Last, int... K>
    __device__ __forceinline__ static void meet_all(typename P::Thread& t, const Target& to, std::integer_sequence<int, K...>) {
        (meet<Last, K>(t, to), ...);
    }
    /// The block's sums become one, and go to the result (Last) or to the part's place in the workspace.
    template <bool Last, int K>
    __device__ __forceinline__ static void meet(typename P::Thread& t, const Target& to) {
        using E = SumAt<K>;
        if constexpr (one<K>) {
            if constexpr (blocks == 1 || !(Last && parts > 1)) {
                const E sum = Team<threads>::join(whole<K>(t.sums), [](E a, E b) { return a + b; });
                if (threadIdx.x == 0) {
                    if constexpr (blocks == 1)
                        t.place.template data<K>()[0] = sum;
                    else
                        to.template sums_of<K>(to.part)[to.tile] = sum;
                }
            }
        } else if constexpr (sums<K>) {
            // Pieces of 16 bytes, so that neighbours' do not lie in each other's banks.
            constexpr int across = team * width, piece = detail::at_once<E, width>;
            E* all = reinterpret_cast<E*>(to.meeting);
#pragma unroll
            for (int turn = 0; turn < turns; ++turn) {
                __syncthreads();
#pragma unroll
                for (int i = 0; i < width; i += piece) {
                    Vector<E, piece> part;
#pragma unroll
                    for (int k = 0; k < piece; ++k) part.at[k] = of_turn<K>(t.sums, turn).at[i + k];
                    store_vector(all + i * threads + static_cast<int>(threadIdx.x) * piece, part);
                }
                __syncthreads();
                for (int j = static_cast<int>(threadIdx.x); j < across; j += threads) {
                    const Index e = to.first + turn * across + j;
                    if (e >= to.n) continue;
                    const E* mine = all + j % width / piece * (piece * threads) + j / width * piece + j % piece;
                    E sum = mine[0];
#pragma unroll
                    for (int d = 1; d < deep; ++d) sum += mine[d * team * piece];
                    if constexpr (Last) {
                        t.place.set_inner(static_cast<Count>(e), to.share);
                        t.place.template data<K>()[t.place.template at<K>()] = sum;
                    } else {
                        to.template sums_of<K>(to.part)[e] = sum;
                    }
                }
            }
        }
    }
    template <int... K>
    __device__ __forceinline__ static void gather_all(typename P::Thread& t, const Target& to, std::integer_sequence<int, K...>) {
        (gather<K>(t, to), ...);
    }
    /// Adds up some of the parts, those that are this thread's.
    template <int K>
    __device__ __forceinline__ static void gather(typename P::Thread& t, const Target& to) {
        if constexpr (sums<K> && !one<K>) {
            for (int part = static_cast<int>(threadIdx.x) / team; part < parts; part += deep) {
#pragma unroll
                for (int turn = 0; turn < turns; ++turn) {
                    const Index e = to.first + (turn * team + Team<team>::rank()) * width;
                    if (e >= to.n) continue;
                    const VectorAt<K> v = load_fresh<width>(static_cast<const SumAt<K>*>(to.template sums_of<K>(part)) + e);
#pragma unroll
                    for (int k = 0; k < width; ++k) of_turn<K>(t.sums, turn).at[k] += v.at[k];
                }
            }
        }
    }
    template <int... K>
    __device__ __forceinline__ static void add_ones(typename P::Thread& t, const Target& to, std::integer_sequence<int, K...>) {
        (add_one<K>(t, to), ...);
    }
    template <int K>
    __device__ __forceinline__ static void add_one(typename P::Thread& t, const Target& to) {
        if constexpr (one<K>) {
            using E = SumAt<K>;
            E sum = E(0);
            for (int i = static_cast<int>(threadIdx.x); i < static_cast<int>(blocks); i += threads) sum += __ldcg(to.template sums_of<K>(i / static_cast<int>(tiles)) + i % static_cast<int>(tiles));
            sum = Team<threads>::join(sum, [](E a, E b) { return a + b; });
            if (threadIdx.x == 0) t.place.template data<K>()[0] = sum;
        }
    }
};

}  // namespace strata::cuda
