// SPDX-License-Identifier: BSL-1.0
/// A fused loop nest as threads walk it: how many elements a thread takes at once, where it stands, what it reads once for many elements.
/// What can be known from the step's type is: vectors of 16 bytes where strides, extents and alignment allow them, indices of 32 bits where these
/// reach every element, divisions by constants alone.
#pragma once

#include <type_traits>

#include <strata/kernel/cuda/code.cuh>
#include <strata/kernel/cuda/vector.cuh>

namespace strata::cuda {

template <int K, class V, bool Is>
struct Held {};
template <int K, class V>
struct Held<K, V, true> {
    V value;
};

template <class Step>
struct Walk;
template <class Real, class N, class... O, class... A>
struct Walk<LoopStep<Real, N, Accesses<O...>, Acts<A...>>> {
    using Nest = N;
    using Number = Real;
    using Code = Machine<std::make_integer_sequence<int, sizeof...(A)>, A...>;
    using Row = typename Code::Row;
    using Operands = std::make_integer_sequence<int, sizeof...(O)>;
    static constexpr int operands = sizeof...(O), threads = 256;
    template <int K>
    using At = typename Types<O...>::template At<K>;
    template <int K>
    using ElementAt = Element<At<K>::type>;

    static constexpr bool folds = ((A::what == Do::fold) || ...), columns = ((A::what == Do::column) || ...), vertical = N::vertical;
    static constexpr int extent[8] = {N::n0, N::n1, N::n2, N::n3, N::n4, N::n5, N::n6, N::n7};
    static constexpr long outer = long{N::n0} * N::n1 * N::n2 * N::n3, inner = long{N::n4} * N::n5 * N::n6;
    static constexpr long length = inner * (vertical ? 1 : N::n7);  ///< of a row

    // --- operands ------------------------------------------------------------------------------------------------------------
    template <int K>
    static constexpr long stride_in(int loop) {
        return loop < 4 ? At<K>::outer[loop] : loop < 7 ? At<K>::inner[loop - 4] : At<K>::lane;
    }
    static constexpr unsigned outer_loops = 0xfu, inner_loops = vertical ? 0x70u : 0xf0u;
    static constexpr bool goes(int loop) { return extent[loop] > 1; }
    /// Whether operand K is the same in all turns of loops [first, past).
    template <int K>
    static constexpr bool same_along(int first, int past) {
        for (int l = first; l < past; ++l)
            if (goes(l) && stride_in<K>(l) != 0) return false;
        return true;
    }
    /// Whether operand K meets an element again within a row.
    template <int K>
    static constexpr bool repeats() {
        for (int l = first_inner; l < max_loops; ++l)
            if (goes(l) && stride_in<K>(l) == 0) return true;
        return false;
    }
    template <class X>
    static constexpr long reach() {
        const long s[8] = {X::s0, X::s1, X::s2, X::s3, X::s4, X::s5, X::s6, X::lane};
        long far = 0;
        for (int l = 0; l < 8; ++l) far += (extent[l] - 1) * (s[l] < 0 ? -s[l] : s[l]);
        return far;
    }
    /// Elements counted by 32 bits, if they can be, with room for a last step past the end.
    static constexpr bool near = ((reach<O>() < (1L << 30)) && ...) && outer * inner * N::n7 < (1L << 30);
    using Index = std::conditional_t<near, int, long>;
    using Count = std::make_unsigned_t<Index>;

    template <int K>
    static constexpr bool plain = At<K>::source == Source::memory && !At<K>::bordered && !At<K>::table;
    template <int K>
    static constexpr int loads_in(int section) {
        return (0 + ... + (A::what == Do::load && A::operand == K && A::section == section ? 1 : 0));
    }
    template <int K>
    static constexpr int stores_in(int section) {
        return (0 + ... + (A::what == Do::store && A::operand == K && A::section == section ? 1 : 0));
    }
    /// Variables: device code may not call such functions.
    template <int K, int Section>
    static constexpr bool loads = loads_in<K>(Section) > 0;
    template <int K, int Section>
    static constexpr bool stores = stores_in<K>(Section) > 0;
    /// The first section that loads K; -1: none.
    template <int K>
    static constexpr int find_first_load() {
        for (int s = 0; s <= N::sections; ++s)
            if (loads_in<K>(s) > 0) return s;
        return -1;
    }
    template <int K>
    static constexpr int first_load = find_first_load<K>();
    /// In how many passes over the row K is loaded.
    template <int K>
    static constexpr int passes_loading() {
        int n = 0;
        for (int s = 1; s <= N::sections; s += 2) n += loads_in<K>(s) > 0 ? 1 : 0;
        return n;
    }
    template <int K>
    static constexpr bool loaded_on_row() {
        for (int s = 0; s <= N::sections; s += 2)
            if (loads_in<K>(s) > 0) return true;
        return false;
    }
    template <int K>
    static constexpr bool stored_in_passes() {
        for (int s = 1; s <= N::sections; s += 2)
            if (stores_in<K>(s) > 0) return true;
        return false;
    }

    // --- vectors -------------------------------------------------------------------------------------------------------------
    /// Elements along the lanes that a thread takes at once: as many of the program's numbers as 16 bytes hold, where that divides the lanes.
    static constexpr int best_width() {
        int w = static_cast<int>(most_bytes / static_cast<long>(sizeof(Real)));
        while (w > 1 && (vertical || N::n7 % w != 0 || (N::bounded == lane_loop && N::unit % w != 0))) w /= 2;
        return w;
    }
    static constexpr int width = best_width();
    template <int K>
    static constexpr bool steps_by(int w) {
        for (int l = 0; l < lane_loop; ++l)
            if (goes(l) && stride_in<K>(l) % w != 0) return false;
        return true;
    }
    /// Whether vectors of K lie in one piece, where an access of 16 bytes may find them.
    template <int K>
    static constexpr bool wide = plain<K> && At<K>::lane == 1 && At<K>::aligned && steps_by<K>(width);
    /// Random numbers that come four at a time, as the generator makes them.
    template <int K>
    static constexpr bool fours = At<K>::source == Source::random && At<K>::lane == 1 && width == 4 && steps_by<K>(4);
    /// Read a vector at a time before the instructions run, or made so.
    template <int K>
    static constexpr bool buffered = (plain<K> || fours<K>) && passes_loading<K>() > 0 && !loaded_on_row<K>();
    /// One number for the whole launch, read once by every thread.
    template <int K>
    static constexpr bool uniform = plain<K> && !At<K>::written && loaded_on_row<K>() && same_along<K>(0, 8);
    /// The same in all rows: one row of numbers for the whole launch.
    template <int K>
    static constexpr bool shared_by_rows = buffered<K> && plain<K> && !At<K>::written && outer > 1 && same_along<K>(0, first_inner);

    /// In memory, and with elements of its own in every row.
    template <int K>
    static constexpr bool of_elements = plain<K> && (outer == 1 || !same_along<K>(0, first_inner)) && (At<K>::lane != 0 || vertical);

    // --- places --------------------------------------------------------------------------------------------------------------
    template <int K>
    using VectorAt = Vector<std::conditional_t<At<K>::source == Source::random, Real, ElementAt<K>>, width>;
    template <class Seq>
    struct Uniforms;
    template <int... K>
    struct Uniforms<std::integer_sequence<int, K...>> : Held<K, ElementAt<K>, uniform<K>>... {
        std::uint64_t seed, step;
        static constexpr bool random = ((At<K>::source == Source::random) || ...);
        static constexpr int reads = (0 + ... + (uniform<K> ? 1 : 0)) + (random ? 2 : 0);
    };

    /// The first turn of a loop that is looked at.
    template <int L>
    __device__ __forceinline__ static Index first_turn(const Share& share) {
        return N::bounded == L ? static_cast<Index>(share.first) * N::unit : 0;
    }
    /// Where a thread stands.
    struct Place {
        const Bases<operands>* base;
        Uniforms<Operands> one;
        Index i[8];   ///< turns of the loops; of the lanes, the vector's first
        bool leader;  ///< writes what is one for the row

        template <int L>
        __device__ __forceinline__ Index turn() const {
            if constexpr (extent[L] == 1)
                return 0;
            else
                return i[L];
        }
        template <int K>
        __device__ __forceinline__ Index at() const {
            using X = At<K>;
            return turn<0>() * static_cast<Index>(X::s0) + turn<1>() * static_cast<Index>(X::s1) + turn<2>() * static_cast<Index>(X::s2) + turn<3>() * static_cast<Index>(X::s3) +
                   turn<4>() * static_cast<Index>(X::s4) + turn<5>() * static_cast<Index>(X::s5) + turn<6>() * static_cast<Index>(X::s6) + turn<7>() * static_cast<Index>(X::lane);
        }
        template <int K>
        __device__ __forceinline__ ElementAt<K>* data() const {
            return static_cast<ElementAt<K>*>(base->at[K]);
        }
        template <int K>
        __device__ __forceinline__ std::uint64_t stream() const {
            return one.step * 65536u + reinterpret_cast<std::uintptr_t>(base->at[K]);
        }
        /// The vector of K here.
        template <int K>
        __device__ __forceinline__ VectorAt<K> vector() const {
            using X = At<K>;
            VectorAt<K> v;
            if constexpr (fours<K>) {
                const Philox p = Philox::at(one.seed, stream<K>(), static_cast<std::uint64_t>(at<K>()) / 4);
#pragma unroll
                for (int k = 0; k < width; ++k) v.at[k] = static_cast<Real>(Philox::number(p.word[k]));
            } else if constexpr (wide<K>) {
                v = load_vector<width>(static_cast<const ElementAt<K>*>(data<K>()) + at<K>());
            } else {
#pragma unroll
                for (int k = 0; k < width; ++k) v.at[k] = data<K>()[at<K>() + k * static_cast<Index>(X::lane)];
            }
            return v;
        }
        /// One element of what comes in no vectors.
        template <int K>
        __device__ __forceinline__ auto element(int k) const {
            using X = At<K>;
            const Index here = at<K>() + k * static_cast<Index>(X::lane);
            if constexpr (X::source == Source::index) {
                return static_cast<std::int32_t>(here);
            } else if constexpr (X::source == Source::random) {
                return static_cast<Real>(Philox::uniform(one.seed, stream<K>(), static_cast<std::uint64_t>(here)));
            } else if constexpr (uniform<K>) {
                return static_cast<const Held<K, ElementAt<K>, true>&>(one).value;
            } else if constexpr (X::bordered) {
                const bool inside = X::template has<0>(turn<0>()) && X::template has<1>(turn<1>()) && X::template has<2>(turn<2>()) && X::template has<3>(turn<3>()) &&
                                    X::template has<4>(turn<4>()) && X::template has<5>(turn<5>()) && X::template has<6>(turn<6>()) && X::template has<lane_loop>(turn<7>() + k);
                return inside ? data<K>()[here + static_cast<Index>(X::origin)] : ElementAt<K>(0);
            } else {
                return data<K>()[here];
            }
        }
        template <int K, class I>
        __device__ __forceinline__ auto gather(int k, I index) const {
            return row_of_table<At<K>, ElementAt<K>>(base->at[K], long{at<K>()} + k * At<K>::lane, index);
        }
        __device__ __forceinline__ int along_row(int k) const {
            const int within = static_cast<int>((turn<4>() * N::n5 + turn<5>()) * N::n6 + turn<6>());
            if constexpr (vertical)
                return within;
            else
                return within * N::n7 + static_cast<int>(turn<7>()) + k;
        }

        /// Finds the place from the number of the row.
        __device__ __forceinline__ void set_outer(Count r, const Share& share) {
            taken<0, outer_loops>(taken<1, outer_loops>(taken<2, outer_loops>(taken<3, outer_loops>(r, share), share), share), share);
        }
        /// The same from the number of the element in the row.
        __device__ __forceinline__ void set_inner(Count e, const Share& share) {
            taken<4, inner_loops>(taken<5, inner_loops>(taken<6, inner_loops>(taken<7, inner_loops>(e, share), share), share), share);
        }

      private:
        static constexpr bool goes_before(int loop, unsigned mask) {
            for (int l = 0; l < loop; ++l)
                if (goes(l) && (mask >> l & 1u)) return true;
            return false;
        }
        template <int L, unsigned Mask>
        static constexpr bool divides = goes_before(L, Mask);
        /// Sets loop L from number n and returns what is left of it. The outermost loop takes all: only the others divide, by constants but for
        /// a batch that is not outermost.
        template <int L, unsigned Mask>
        __device__ __forceinline__ Count taken(Count n, const Share& share) {
            if constexpr (extent[L] == 1 || !(Mask >> L & 1u)) {
                return n;
            } else if constexpr (divides<L, Mask>) {
                const Count many = static_cast<Count>(turns<N, L>(extent[L], share.count));
                i[L] = static_cast<Index>(n % many) + first_turn<L>(share);
                return n / many;
            } else {
                i[L] = static_cast<Index>(n) + first_turn<L>(share);
                return 0;
            }
        }
    };
    /// The first place.   All threads of the block have to call it, and to meet before they do so again.
    __device__ __forceinline__ static Place begin(const Bases<operands>& base, const Facts* facts) {
        Place p;
        p.base = &base;
        p.leader = true;
#pragma unroll
        for (int l = 0; l < 8; ++l) p.i[l] = 0;
        if constexpr (Uniforms<Operands>::reads > 1) {
            // One thread reads for all, or each warp would fetch every number from memory.
            __shared__ Uniforms<Operands> all;
            if (threadIdx.x == 0) read_uniforms(p, all, facts, Operands{});
            __syncthreads();
            p.one = all;
        } else {
            read_uniforms(p, p.one, facts, Operands{});
        }
        return p;
    }
    /// Turns of the loops in Mask, together.
    template <unsigned Mask = outer_loops, int L = 0>
    __device__ __forceinline__ static Index rows_in_run(const Share& share) {
        if constexpr (L == max_loops)
            return 1;
        else if constexpr (Mask >> L & 1u)
            return static_cast<Index>(turns<N, L>(extent[L], share.count)) * rows_in_run<Mask, L + 1>(share);
        else
            return rows_in_run<Mask, L + 1>(share);
    }
    __device__ __forceinline__ static Index length_in_run(const Share& share) { return rows_in_run<inner_loops>(share); }

  private:
    template <int... K>
    __device__ __forceinline__ static void read_uniforms(const Place& p, Uniforms<Operands>& to, const Facts* facts, std::integer_sequence<int, K...>) {
        if constexpr (Uniforms<Operands>::random) to.seed = facts->seed, to.step = facts->step;
        (read_uniform<K>(p, to), ...);
    }
    template <int K>
    __device__ __forceinline__ static void read_uniform(const Place& p, Uniforms<Operands>& to) {
        if constexpr (uniform<K>) static_cast<Held<K, ElementAt<K>, true>&>(to).value = p.template data<K>()[0];
    }
};

}  // namespace strata::cuda
