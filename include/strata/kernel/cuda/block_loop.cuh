// SPDX-License-Identifier: BSL-1.0
/// A fused loop nest over the samples of one block, between other steps of a launch: see network.cuh.
/// Launch: none of its own; all threads of the block come. A map a thread an element; a row a thread, a warp or the block, by its length.
/// Sums over rows: each team of threads has a partial sum in the workspace; the block adds up its own, and the launch's last block those of blocks, in order.
/// Needs: a loop that the batch bounds; that a thread's plain loads see what the block's threads stored before: no operand is read around the caches.
/// Bound: latency.   Traffic: each operand once a pass over the row, much of it within the block's memory.
#pragma once

#include <strata/kernel/cuda/walk.cuh>

namespace strata::cuda {

/// Values that a thread keeps between passes, by operand.
template <int Each, class Seq, class... O>
struct BlockKept;
template <int Each, int... K, class... O>
struct BlockKept<Each, std::integer_sequence<int, K...>, O...> : Piece<K, Held<O::type>[Each], O::source == Source::scratch>... {};

template <class Step>
struct BlockLoop;
template <class Real, class N, class... O, class... A>
struct BlockLoop<LoopStep<Real, N, Accesses<O...>, Acts<A...>>> {
    using Code = Machine<std::make_integer_sequence<int, sizeof...(A)>, A...>;
    using Row = typename Code::Row;
    static constexpr int operands = sizeof...(O), threads = 256;
    template <int K>
    using At = typename Types<O...>::template At<K>;
    static constexpr bool folds = ((A::what == Do::fold) || ...), columns = ((A::what == Do::column) || ...), vertical = N::vertical;
    static constexpr long outer = long{N::n0} * N::n1 * N::n2 * N::n3, inner = long{N::n4} * N::n5 * N::n6;
    static constexpr long length = inner * (vertical ? 1 : N::n7);  ///< of a row
    template <class X>
    static constexpr bool same_within_row = X::lane != 0 && ((N::n4 > 1 && X::s4 == 0) || (N::n5 > 1 && X::s5 == 0) || (N::n6 > 1 && X::s6 == 0));
    /// Whether places of one row meet in a sum over rows: its threads would overwrite each other's, so a row is one thread's.
    static constexpr bool meets = !vertical && ((A::what == Do::column && A::section % 2 == 1 && same_within_row<At<A::what == Do::column ? A::operand : 0>>) || ...);
    static constexpr int team = vertical || meets ? 1 : length <= 256 ? 32 : 256;
    static constexpr int each = static_cast<int>(divided_up(length, team));
    using KeptValues = BlockKept<each, std::make_integer_sequence<int, operands>, O...>;

    static_assert(N::bounded >= 0, "strata: a loop without a batch has no samples; report this as a defect");

    // Parts of the rows, for sums over them.
    static constexpr int part_threads = vertical ? threads : team;
    template <int K>
    static constexpr bool sums = ((A::what == Do::column && A::operand == K) || ...);
    /// Whether a sum runs along what threads share, so that their values have to become one.
    template <int K>
    static constexpr bool collapses = sums<K> && At<K>::lane == 0 && (vertical || ((A::what == Do::column && A::operand == K && A::section % 2 == 1) || ...));
    template <class Seq>
    struct SumSlots;
    template <int... K>
    struct SumSlots<std::integer_sequence<int, K...>> : Piece<K, Element<O::type>, collapses<K>>... {};
    using Sums = SumSlots<std::make_integer_sequence<int, operands>>;
    template <int K>
    static constexpr long bytes_of() {
        if constexpr (sums<K>)
            return divided_up(At<K>::elements * static_cast<long>(sizeof(Element<At<K>::type>)), 16) * 16;
        else
            return 0;
    }
    template <int... K>
    static constexpr long sum_of_bytes(std::integer_sequence<int, K...>) {
        return (0L + ... + bytes_of<K>());
    }
    /// Where operand K's sums begin within a part. A variable: device code may not call the function.
    template <int K>
    static constexpr long bytes_before = sum_of_bytes(std::make_integer_sequence<int, K>{});
    static constexpr long part_bytes = sum_of_bytes(std::make_integer_sequence<int, operands>{});
    static constexpr int teams = threads / part_threads;
    /// Of a block, in the workspace.
    static constexpr long partial_bytes = columns ? teams * part_bytes : 0;

    struct Place {
        const Bases<operands>* base;
        const Facts* facts;
        char* part;  ///< the sums of a team
        KeptValues* kept;
        Sums* sum;   ///< a thread's share of sums that collapse
        int i0, i1, i2, i3, i4, i5, i6, lane;
        int turn;     ///< of the thread along the row
        bool leader;  ///< writes what is one for the row

        template <int K>
        __device__ __forceinline__ long at() const {
            using X = At<K>;
            return i0 * X::s0 + i1 * X::s1 + i2 * X::s2 + i3 * X::s3 + i4 * X::s4 + i5 * X::s5 + i6 * X::s6 + lane * X::lane;
        }
        template <int K>
        __device__ __forceinline__ auto load() const {
            using X = At<K>;
            using E = Element<X::type>;
            if constexpr (X::source == Source::index) {
                return static_cast<std::int32_t>(at<K>());
            } else if constexpr (X::source == Source::random) {
                return static_cast<Real>(Philox::uniform(facts->seed, facts->step * 65536u + reinterpret_cast<std::uintptr_t>(base->at[K]), static_cast<std::uint64_t>(at<K>())));
            } else if constexpr (X::source == Source::scratch) {
                return static_cast<const Piece<K, Held<X::type>[each], true>*>(kept)->value[turn];
            } else if constexpr (X::bordered) {
                return within_borders<X>(i0, i1, i2, i3, i4, i5, i6, lane) ? static_cast<Held<X::type>>(static_cast<const E*>(base->at[K])[at<K>() + X::origin]) : Held<X::type>(0);
            } else {
                return static_cast<const E*>(base->at[K])[at<K>()];
            }
        }
        template <int K, class I>
        __device__ __forceinline__ auto gather(I index) const {
            return row_of_table<At<K>, Element<At<K>::type>>(base->at[K], at<K>(), index);
        }
        template <int K, bool OnRow, class V>
        __device__ __forceinline__ void store(V v) const {
            using X = At<K>;
            if constexpr (X::source == Source::scratch)
                static_cast<Piece<K, Held<X::type>[each], true>*>(kept)->value[turn] = v;
            else if (!OnRow || leader)
                static_cast<Element<X::type>*>(base->at[K])[at<K>()] = v;
        }
        template <int K, bool OnRow, class V>
        __device__ __forceinline__ void add(V v) const {
            using X = At<K>;
            static_assert(!collapses<K> || inner == 1 || (X::s4 == 0 && X::s5 == 0 && X::s6 == 0), "strata: a sum over rows and a part of the row has no kernel on CUDA; sum in two steps");
            if constexpr (collapses<K>)
                static_cast<Piece<K, Element<X::type>, true>*>(sum)->value += v;
            else if (!OnRow || vertical || leader)
                sum_of<K>(*base, part)[at<K>()] += v;
        }
        __device__ __forceinline__ int along_row() const { return ((i4 * N::n5 + i5) * N::n6 + i6) * (vertical ? 1 : N::n7) + (vertical ? 0 : lane); }
    };
    template <int K>
    __device__ __forceinline__ static Element<At<K>::type>* sum_of(const Bases<operands>&, char* part) {
        return reinterpret_cast<Element<At<K>::type>*>(part + bytes_before<K>);
    }
    template <int K>
    __device__ __forceinline__ static void begin_sum(Sums& s) {
        if constexpr (collapses<K>) static_cast<Piece<K, Element<At<K>::type>, true>&>(s).value = Element<At<K>::type>(0);
    }
    template <int K>
    __device__ __forceinline__ static void end_sum(const Place& p, int rank) {
        if constexpr (collapses<K>) {
            using E = Element<At<K>::type>;
            const E v = Team<part_threads>::join(static_cast<Piece<K, Element<At<K>::type>, true>*>(p.sum)->value, [](E a, E b) { return a + b; });
            if (rank == 0) sum_of<K>(*p.base, p.part)[p.template at<K>()] += v;
        }
    }

    /// Where the loop that the batch bounds begins.
    template <int Loop>
    __device__ __forceinline__ static int begin(const Share& share) {
        return N::bounded == Loop ? share.first * N::unit : 0;
    }
    __device__ __forceinline__ static void set_inner(Place& p, long e, const Share& share) {
        if constexpr (!vertical) {
            const int n7 = turns<N, lane_loop>(N::n7, share.count);
            p.lane = static_cast<int>(e % n7) + begin<lane_loop>(share);
            e /= n7;
        }
        const int n5 = turns<N, 5>(N::n5, share.count), n6 = turns<N, 6>(N::n6, share.count);
        p.i6 = static_cast<int>(e % n6) + begin<6>(share);
        p.i5 = static_cast<int>(e / n6 % n5) + begin<5>(share);
        p.i4 = static_cast<int>(e / n6 / n5) + begin<4>(share);
    }
    __device__ __forceinline__ static void set_outer(Place& p, long r, const Share& share) {
        const int n1 = turns<N, 1>(N::n1, share.count), n2 = turns<N, 2>(N::n2, share.count), n3 = turns<N, 3>(N::n3, share.count);
        p.i3 = static_cast<int>(r % n3) + begin<3>(share);
        p.i2 = static_cast<int>(r / n3 % n2) + begin<2>(share);
        p.i1 = static_cast<int>(r / (long{n3} * n2) % n1) + begin<1>(share);
        p.i0 = static_cast<int>(r / (long{n3} * n2 * n1)) + begin<0>(share);
    }
    __device__ __forceinline__ static long outer_in_run(int count) {
        return long{turns<N, 0>(N::n0, count)} * turns<N, 1>(N::n1, count) * turns<N, 2>(N::n2, count) * turns<N, 3>(N::n3, count);
    }
    __device__ __forceinline__ static long length_in_run(int count) {
        return long{turns<N, 4>(N::n4, count)} * turns<N, 5>(N::n5, count) * turns<N, 6>(N::n6, count) * (vertical ? 1 : turns<N, lane_loop>(N::n7, count));
    }

    /// All passes over the row at p.
    template <int Level>
    __device__ __forceinline__ static void passes(Place& p, Row& row, long n, const Share& share) {
        if constexpr (2 * Level < N::sections + 1) {
            using T = Team<team>;
            if constexpr (Code::template uses<2 * Level>) {
                set_inner(p, 0, share);
                Code::template pass<2 * Level>(row, p);
            }
            if constexpr (Code::template uses<2 * Level + 1>) {
                Code::template start<2 * Level + 1>(row);
                p.turn = 0;
                for (long e = T::rank(); e < n; e += team, ++p.turn) {
                    set_inner(p, e, share);
                    Code::template pass<2 * Level + 1>(row, p);
                }
                Code::template finish<2 * Level + 1, T>(row);
            }
            passes<Level + 1>(p, row, n, share);
        }
    }
    __device__ __forceinline__ static void map(const Bases<operands>& base, const Facts* facts, const Share& share) {
        const long n = length_in_run(share.count), all = outer_in_run(share.count) * n;
        Place p{&base, facts, nullptr, nullptr, nullptr, 0, 0, 0, 0, 0, 0, 0, 0, 0, true};
        for (long e = threadIdx.x; e < all; e += threads) {
            set_outer(p, e / n, share);
            set_inner(p, e % n, share);
            p.leader = e % n == 0;
            Row row;
            if constexpr (Code::template uses<0>) Code::template pass<0>(row, p);
            if constexpr (Code::template uses<1>) Code::template pass<1>(row, p);
        }
    }
    __device__ __forceinline__ static void rows(const Bases<operands>& base, const Facts* facts, const Share& share) {
        const long lanes = vertical ? turns<N, lane_loop>(N::n7, share.count) : 1, n = length_in_run(share.count), all = outer_in_run(share.count) * lanes;
        KeptValues kept;
        Place p{&base, facts, nullptr, &kept, nullptr, 0, 0, 0, 0, 0, 0, 0, 0, 0, Team<team>::rank() == 0};
        for (long r = static_cast<int>(threadIdx.x) / team; r < all; r += threads / team) {
            set_outer(p, r / lanes, share);
            if constexpr (vertical) p.lane = static_cast<int>(r % lanes) + begin<lane_loop>(share);
            Row row;
            passes<0>(p, row, n, share);
        }
    }
    template <int K>
    __device__ __forceinline__ static void clear(const Bases<operands>& base, char* part, int rank) {
        if constexpr (sums<K>)
            for (long e = rank; e < At<K>::elements; e += part_threads) sum_of<K>(base, part)[e] = Element<At<K>::type>(0);
    }
    /// Adds `count` partial sums that lie `apart` bytes from each other.   Fresh: other blocks wrote them.
    template <int K, bool Fresh>
    __device__ __forceinline__ static void add_up(const Bases<operands>& base, char* from, int count, long apart, Element<At<K>::type>* to) {
        using E = Element<At<K>::type>;
        for (long e = threadIdx.x; e < At<K>::elements; e += threads) {
            E sum = E(0);
            for (int i = 0; i < count; ++i) {
                const E* one = sum_of<K>(base, from + i * apart) + e;
                sum += Fresh ? __ldcg(one) : *one;
            }
            to[e] = sum;
        }
    }
    template <int K>
    __device__ __forceinline__ static void join_teams(const Bases<operands>& base, char* partial) {
        if constexpr (sums<K> && teams > 1) add_up<K, false>(base, partial, teams, part_bytes, sum_of<K>(base, partial));
    }
    template <int K>
    __device__ __forceinline__ static void join_blocks(const Bases<operands>& base, char* partials, int blocks, long apart) {
        if constexpr (sums<K>) add_up<K, true>(base, partials, blocks, apart, static_cast<Element<At<K>::type>*>(base.at[K]));
    }
    template <int... K>
    __device__ __forceinline__ static void part_of_rows(const Bases<operands>& base, const Facts* facts, const Share& share, char* partial, std::integer_sequence<int, K...>) {
        const int rank = static_cast<int>(threadIdx.x) % part_threads, number = static_cast<int>(threadIdx.x) / part_threads;
        KeptValues kept;
        char* part = partial + number * part_bytes;
        Sums sum;
        (clear<K>(base, part, rank), ...);
        Team<part_threads>::wait();
        Place p{&base, facts, part, &kept, &sum, 0, 0, 0, 0, 0, 0, 0, 0, 0, Team<team>::rank() == 0};
        const long n = length_in_run(share.count), all = outer_in_run(share.count);
        for (long r = number; r < all; r += teams) {
            set_outer(p, r, share);
            (begin_sum<K>(sum), ...);
            for (int lane = rank; lane < (vertical ? turns<N, lane_loop>(N::n7, share.count) : rank + 1); lane += part_threads) {
                if constexpr (vertical) p.lane = lane + begin<lane_loop>(share);
                Row row;
                passes<0>(p, row, n, share);
            }
            set_inner(p, 0, share);
            if constexpr (vertical) p.lane = begin<lane_loop>(share);
            (end_sum<K>(p, rank), ...);
        }
        __syncthreads();
        (join_teams<K>(base, partial), ...);
    }
    /// The step for the samples of the share.   partial: the block's own `partial_bytes`.
    __device__ __forceinline__ static void run(const Bases<operands>& base, const Facts* facts, const Share& share, char*, char* partial) {
        if constexpr (columns)
            part_of_rows(base, facts, share, partial, std::make_integer_sequence<int, operands>{});
        else if constexpr (folds)
            rows(base, facts, share);
        else
            map(base, facts, share);
    }
    /// Completes the sums over rows from those of all blocks, which lie `apart` bytes from each other.
    __device__ __forceinline__ static void complete(const Bases<operands>& base, char* partials, int blocks, long apart) {
        if constexpr (columns) complete_all(base, partials, blocks, apart, std::make_integer_sequence<int, operands>{});
    }

  private:
    template <int... K>
    __device__ __forceinline__ static void complete_all(const Bases<operands>& base, char* partials, int blocks, long apart, std::integer_sequence<int, K...>) {
        (join_blocks<K>(base, partials, blocks, apart), ...);
    }
};

}  // namespace strata::cuda
