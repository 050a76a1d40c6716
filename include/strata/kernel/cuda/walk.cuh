// SPDX-License-Identifier: BSL-1.0
/// Where a thread stands in a fused loop nest, and what it finds there. Only loops that are not the outermost divide, by constants.
#pragma once

#include <strata/kernel/cuda/nest.cuh>

namespace strata::cuda {

/// One of a struct's parts, by the number of an operand.
template <int K, class V, bool Is>
struct Piece {};
template <int K, class V>
struct Piece<K, V, true> {
    V value;
};

template <class Step>
struct Walk : Nested<Step> {
    using Base = Nested<Step>;
    using N = typename Base::Nest;
    using Real = typename Base::Number;
    using typename Base::Count;
    using typename Base::Index;
    using typename Base::Operands;
    using Base::extent;
    using Base::goes;
    using Base::inner_loops;
    using Base::operands;
    using Base::outer_loops;
    using Base::vertical;
    using Base::width;
    template <int K>
    using At = typename Base::template At<K>;
    template <int K>
    using ElementAt = typename Base::template ElementAt<K>;
    template <int K>
    using VectorAt = typename Base::template VectorAt<K>;
    template <int K>
    static constexpr bool fours = Base::template fours<K>;
    template <int K>
    static constexpr bool uniform = Base::template uniform<K>;
    template <int K>
    static constexpr bool wide = Base::template wide<K>;

    template <class Seq>
    struct Uniforms;
    template <int... K>
    struct Uniforms<std::integer_sequence<int, K...>> : Piece<K, Held<At<K>::type>, uniform<K>>... {
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
#pragma unroll
                for (int four = 0; four < width / 4; ++four) {
                    const Philox p = Philox::at(one.seed, stream<K>(), static_cast<std::uint64_t>(at<K>()) / 4 + static_cast<unsigned>(four));
#pragma unroll
                    for (int k = 0; k < 4; ++k) v.at[4 * four + k] = static_cast<Real>(Philox::number(p.word[k]));
                }
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
                return static_cast<const Piece<K, Held<X::type>, true>&>(one).value;
            } else if constexpr (X::bordered) {
                return within_borders<X>(turn<0>(), turn<1>(), turn<2>(), turn<3>(), turn<4>(), turn<5>(), turn<6>(), turn<7>() + k) ? static_cast<Held<X::type>>(data<K>()[here + static_cast<Index>(X::origin)]) : Held<X::type>(0);
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
        if constexpr (uniform<K>) static_cast<Piece<K, Held<At<K>::type>, true>&>(to).value = p.template data<K>()[0];
    }
};

}  // namespace strata::cuda
