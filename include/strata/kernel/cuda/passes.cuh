// SPDX-License-Identifier: BSL-1.0
/// One pass over a row, a vector at a time: operands are read into registers, the instructions run for each element, results are written.
/// What several passes read is read by the first and kept.
#pragma once

#include <strata/kernel/cuda/walk.cuh>

namespace strata::cuda {

/// Where a thread finds what is the same in all rows: in memory each time, in registers from before the rows on, or in the block's shared memory.
enum class RowsOwn { memory, registers, shared };

/// Turns: vectors that a thread takes of a row whose values it keeps between passes.   Keeps: whether it keeps operands, too.
/// Sums: what is done about sums over rows.   Ahead: vectors that are read before the first of them is computed with.
template <class Step, int Turns, bool Keeps, RowsOwn How, class Sums, int Ahead = 1>
struct Passes {
    using W = Walk<Step>;
    using Nest = typename W::Nest;
    using Code = typename W::Code;
    using Row = typename Code::Row;
    using Index = typename W::Index;
    using Operands = typename W::Operands;
    template <int K>
    using At = typename W::template At<K>;
    static constexpr int width = W::width;

    template <int K>
    static constexpr bool elsewhere = How != RowsOwn::memory && W::template shared_by_rows<K>;
    template <int K>
    static constexpr bool kept = At<K>::source == Source::scratch || (Keeps && W::template buffered<K> && W::template passes_loading<K>() > 1 && !elsewhere<K>);
    template <int K>
    static constexpr bool read = W::template buffered<K> && !kept<K>;
    template <int K>
    static constexpr bool written = W::template wide<K> && W::template stored_in_passes<K>();
    template <int K>
    using VectorAt = typename W::template VectorAt<K>;

    template <class Seq>
    struct Buffers;
    template <int... K>
    struct Buffers<std::integer_sequence<int, K...>> {
        struct Kept : Piece<K, VectorAt<K>[Turns], kept<K>>... {};
        struct In : Piece<K, VectorAt<K>[Ahead], read<K>>... {};
        struct Out : Piece<K, VectorAt<K>, written<K>>... {};
        /// Bytes in shared memory of what is the same in all rows, before operand Last.
        template <int Last>
        static constexpr long bytes_before = (0L + ... + (K < Last && How == RowsOwn::shared && W::template shared_by_rows<K>
                                                              ? divided_up(W::length * static_cast<long>(sizeof(typename W::template ElementAt<K>)), most_bytes) * most_bytes
                                                              : 0L));
        static constexpr bool keeps = (kept<K> || ...);
    };
    using Own = Buffers<Operands>;
    static constexpr long shared_bytes = Own::template bytes_before<W::operands>;
    static constexpr bool keeps = Own::keeps;

    struct Thread {
        typename W::Place place;
        typename Own::Kept kept;
        typename Own::In in;
        typename Own::Out out;
        Sums sums;
        const char* shared;  ///< what is the same in all rows
        Index e;             ///< of the vector's first element in the row
    };
    /// One element of a vector, as the instructions see it.
    struct Lane {
        Thread& t;
        int turn, k;
        template <int K>
        __device__ __forceinline__ auto load() const {
            if constexpr (kept<K>)
                return static_cast<Piece<K, VectorAt<K>[Turns], true>&>(t.kept).value[turn].at[k];
            else if constexpr (read<K>)
                return static_cast<Piece<K, VectorAt<K>[Ahead], true>&>(t.in).value[elsewhere<K> ? 0 : turn % Ahead].at[k];
            else
                return t.place.template element<K>(k);
        }
        template <int K, class I>
        __device__ __forceinline__ auto gather(I index) const {
            return t.place.template gather<K>(k, index);
        }
        template <int K, bool OnRow, class V>
        __device__ __forceinline__ void store(V v) const {
            using X = At<K>;
            if constexpr (X::source == Source::scratch)
                static_cast<Piece<K, VectorAt<K>[Turns], true>&>(t.kept).value[turn].at[k] = v;
            else if constexpr (!OnRow && written<K>)
                static_cast<Piece<K, VectorAt<K>, true>&>(t.out).value.at[k] = v;
            else if (!OnRow || t.place.leader)
                t.place.template data<K>()[t.place.template at<K>() + k * static_cast<Index>(X::lane)] = v;
        }
        template <int K, bool OnRow, class V>
        __device__ __forceinline__ void add(V v) const {
            t.sums.template add<K, OnRow>(t.place, turn, k, v);
        }
        __device__ __forceinline__ int along_row() const { return t.place.along_row(k); }
    };

    /// Turns after which the sums over a long row are put by: their error grows with the turns otherwise (kernel/host/loop.hpp has the source).
    static constexpr int turns_together = 64;
    /// What a section does once for the row.
    template <int Section>
    __device__ __forceinline__ static void on_row(Thread& t, Row& row) {
        if constexpr (Code::template uses<Section>) Code::template pass<Section>(row, Lane{t, 0, 0});
    }
    /// What it does with the vector at t.
    template <int Section>
    __device__ __forceinline__ static void on_vector(Thread& t, Row& row, int turn) {
        fetch<Section>(t, turn);
        compute<Section>(t, row, turn);
    }
    /// The same in two: what is read, and what is done with it.
    template <int Section>
    __device__ __forceinline__ static void fetch(Thread& t, int turn) {
        fetch_all<Section>(t, turn, Operands{});
    }
    template <int Section>
    __device__ __forceinline__ static void compute(Thread& t, Row& row, int turn) {
#pragma unroll
        for (int k = 0; k < width; ++k) Code::template pass<Section>(row, Lane{t, turn, k});
        put_all<Section>(t, Operands{});
    }
    /// All passes over the row at t, of n elements that `Team`'s threads share.   Unrolled: the turns have to be known, since registers are chosen by them.
    /// Level, End: what is done on the row and then along it counts as one level; those from End on are left out.
    template <class Team, bool Unrolled, int Level = 0, int End = Nest::sections / 2 + 1>
    __device__ __forceinline__ static void over_row(Thread& t, Row& row, Index n, Index first, const Share& share) {
        if constexpr (Level < End) {
            constexpr int section = 2 * Level + 1;
            if constexpr (Code::template uses<2 * Level>) {
                t.place.set_inner(0, share);
                on_row<2 * Level>(t, row);
            }
            if constexpr (Code::template uses<section>) {
                Code::template start<section>(row);
                const Index begin = first + Team::rank() * width;
                if constexpr (Unrolled) {
#pragma unroll
                    for (int turn = 0; turn < Turns; ++turn) at_turn<section>(t, row, n, begin + turn * (Team::size * width), turn, share);
                } else {
                    constexpr bool puts_by = Code::template sums<section> && W::length > 256L * Team::size * width;
                    [[maybe_unused]] Row sums;
                    if constexpr (puts_by) Code::template start<section>(sums);
                    int turn = 0;
                    for (Index e = begin; e < n; e += Team::size * width, ++turn) {
                        at_turn<section>(t, row, n, e, turn, share);
                        if constexpr (puts_by)
                            if (turn % turns_together == turns_together - 1) Code::template settle<section>(row, sums);
                    }
                    if constexpr (puts_by) Code::template settle<section>(sums, row);
                }
                Code::template finish<section, Team>(row);
            }
            over_row<Team, Unrolled, Level + 1, End>(t, row, n, first, share);
        }
    }
    /// Reads what is the same in all rows: into registers, for the vector at t.
    __device__ __forceinline__ static void hold(Thread& t) { hold_all(t, Operands{}); }
    /// The same into shared memory, by all threads of the block, which wait for each other.
    __device__ __forceinline__ static void stage(Thread& t, char* shared, Index n, const Share& share) {
        if constexpr (shared_bytes > 0) {
            for (Index e = static_cast<Index>(threadIdx.x) * width; e < n; e += W::threads * width) {
                t.place.set_inner(static_cast<typename W::Count>(e), share);
                stage_all(t, shared, e, Operands{});
            }
            __syncthreads();
            t.shared = shared;
        }
    }

  private:
    template <int Section>
    __device__ __forceinline__ static void at_turn(Thread& t, Row& row, Index n, Index e, int turn, const Share& share) {
        if (e >= n) return;
        t.e = e;
        t.place.set_inner(static_cast<typename W::Count>(e), share);
        on_vector<Section>(t, row, turn);
    }
    template <int Section, int... K>
    __device__ __forceinline__ static void fetch_all(Thread& t, int turn, std::integer_sequence<int, K...>) {
        (fetch_one<Section, K>(t, turn), ...);
    }
    template <int Section, int K>
    __device__ __forceinline__ static void fetch_one(Thread& t, int turn) {
        if constexpr (W::template buffered<K> && W::template loads<K, Section>) {
            if constexpr (kept<K>) {
                if constexpr (W::template first_load<K> == Section) static_cast<Piece<K, VectorAt<K>[Turns], true>&>(t.kept).value[turn] = t.place.template vector<K>();
            } else if constexpr (elsewhere<K> && How == RowsOwn::shared) {
                using E = typename W::template ElementAt<K>;
                static_cast<Piece<K, VectorAt<K>[Ahead], true>&>(t.in).value[0] = load_vector<width>(reinterpret_cast<const E*>(t.shared + Own::template bytes_before<K>) + t.e);
            } else if constexpr (!elsewhere<K>) {
                static_cast<Piece<K, VectorAt<K>[Ahead], true>&>(t.in).value[turn % Ahead] = t.place.template vector<K>();
            }
        }
    }
    template <int Section, int... K>
    __device__ __forceinline__ static void put_all(Thread& t, std::integer_sequence<int, K...>) {
        (put<Section, K>(t), ...);
    }
    template <int Section, int K>
    __device__ __forceinline__ static void put(Thread& t) {
        if constexpr (written<K> && W::template stores<K, Section>)
            store_vector(t.place.template data<K>() + t.place.template at<K>(), static_cast<Piece<K, VectorAt<K>, true>&>(t.out).value);
    }
    template <int... K>
    __device__ __forceinline__ static void hold_all(Thread& t, std::integer_sequence<int, K...>) {
        (hold_one<K>(t), ...);
    }
    template <int K>
    __device__ __forceinline__ static void hold_one(Thread& t) {
        if constexpr (How == RowsOwn::registers && elsewhere<K>) static_cast<Piece<K, VectorAt<K>[Ahead], true>&>(t.in).value[0] = t.place.template vector<K>();
    }
    template <int... K>
    __device__ __forceinline__ static void stage_all(Thread& t, char* shared, Index e, std::integer_sequence<int, K...>) {
        (stage_one<K>(t, shared, e), ...);
    }
    template <int K>
    __device__ __forceinline__ static void stage_one(Thread& t, char* shared, Index e) {
        using E = typename W::template ElementAt<K>;
        if constexpr (elsewhere<K>) store_vector(reinterpret_cast<E*>(shared + Own::template bytes_before<K>) + e, t.place.template vector<K>());
    }
};
/// For steps without sums over rows.
struct NoSums {};

/// Blocks for work that `wanted` blocks would do best, where each block reads `own` bytes of what is the same in all rows and all of them move `moved`:
/// not so many that they read that more than a few times in a hundred, but enough for a large device.
constexpr long blocks_for(long wanted, long own, long moved) {
    constexpr long most = 2112, least = 132;
    const long few = own == 0 ? most : at_most(moved / 48 / own, most);
    return at_most(wanted, few < least ? least : few);
}

}  // namespace strata::cuda
