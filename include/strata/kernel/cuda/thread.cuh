// SPDX-License-Identifier: BSL-1.0
/// Steps of a program that one thread runs alone, for one sample: what a model called within a user's kernel consists of.
/// Launch: none, device code that the caller's kernel takes in.   Needs: a capacity of one sample, a policy of one lane; loops and products
/// alone.   Bound: arithmetic while all threads of a warp read the same weights, which then come to them in one access; latency else.
/// Traffic: weights once a warp and sample; values between steps in local memory, which the L1 cache holds while it has room.
#pragma once

#include <strata/kernel/cuda/product.cuh>

namespace strata::cuda {

/// A step in one thread: InThread<Step>::run<Aligned>(addresses). Aligned: the operands of a product begin at multiples of 16 bytes.
template <class Step>
struct InThread {
    static constexpr bool runs = false;
};

template <class Real, class N, class... O, class... A>
struct InThread<LoopStep<Real, N, Accesses<O...>, Acts<A...>>> {
    using Code = Machine<std::make_integer_sequence<int, sizeof...(A)>, A...>;
    using Row = typename Code::Row;
    static constexpr int operands = sizeof...(O);
    static constexpr bool runs = ((O::source != Source::random) && ...), vertical = N::vertical;
    template <int K>
    using At = typename Types<O...>::template At<K>;
    template <int K>
    static constexpr bool sums = ((A::what == Do::column && A::operand == K) || ...);

    template <int K, class X, bool Is>
    struct KeptRow {};
    template <int K, class X>
    struct KeptRow<K, X, true> {
        Element<X::type> value[X::elements];
    };
    template <class Seq>
    struct KeptRows;
    template <int... K>
    struct KeptRows<std::integer_sequence<int, K...>> : KeptRow<K, O, O::source == Source::scratch>... {};
    using Kept = KeptRows<std::make_integer_sequence<int, operands>>;

    struct Place {
        void* const* base;
        Kept* kept;  ///< values of a row that a later pass reads
        int i0, i1, i2, i3, i4, i5, i6, lane;

        template <int K>
        __device__ __forceinline__ long at() const {
            using X = At<K>;
            return i0 * X::s0 + i1 * X::s1 + i2 * X::s2 + i3 * X::s3 + i4 * X::s4 + i5 * X::s5 + i6 * X::s6 + lane * X::lane;
        }
        template <int K>
        __device__ __forceinline__ auto& kept_value() const {
            using X = At<K>;
            return static_cast<KeptRow<K, X, true>*>(kept)->value[i4 * X::s4 + i5 * X::s5 + i6 * X::s6 + (vertical ? 0 : lane)];
        }
        template <int K>
        __device__ __forceinline__ auto load() const {
            using X = At<K>;
            using E = Element<X::type>;
            if constexpr (X::source == Source::index) {
                return static_cast<std::int32_t>(at<K>());
            } else if constexpr (X::source == Source::scratch) {
                return kept_value<K>();
            } else if constexpr (X::bordered) {
                return within_borders<X>(i0, i1, i2, i3, i4, i5, i6, lane) ? static_cast<const E*>(base[K])[at<K>() + X::origin] : E(0);
            } else {
                return static_cast<const E*>(base[K])[at<K>()];
            }
        }
        template <int K, class I>
        __device__ __forceinline__ auto gather(I index) const {
            return row_of_table<At<K>, Element<At<K>::type>>(base[K], at<K>(), index);
        }
        template <int K, bool, class V>
        __device__ __forceinline__ void store(V v) const {
            if constexpr (At<K>::source == Source::scratch)
                kept_value<K>() = v;
            else
                static_cast<Element<At<K>::type>*>(base[K])[at<K>()] = v;
        }
        template <int K, bool, class V>
        __device__ __forceinline__ void add(V v) const {
            static_cast<Element<At<K>::type>*>(base[K])[at<K>()] += v;
        }
        __device__ __forceinline__ int along_row() const { return ((i4 * N::n5 + i5) * N::n6 + i6) * (vertical ? 1 : N::n7) + (vertical ? 0 : lane); }
    };

    template <int Level>
    __device__ __forceinline__ static void passes(Place& p, Row& row) {
        if constexpr (2 * Level < N::sections + 1) {
            const int own = p.lane;  // of rows that lie in lanes
            p.i4 = p.i5 = p.i6 = 0;
            if constexpr (!vertical) p.lane = 0;
            if constexpr (Code::template uses<2 * Level>) Code::template pass<2 * Level>(row, p);
            if constexpr (Code::template uses<2 * Level + 1>) {
                Code::template start<2 * Level + 1>(row);
                for (p.i4 = 0; p.i4 < N::n4; ++p.i4)
                    for (p.i5 = 0; p.i5 < N::n5; ++p.i5)
                        for (p.i6 = 0; p.i6 < N::n6; ++p.i6)
                            for (p.lane = vertical ? own : 0; p.lane < (vertical ? own + 1 : N::n7); ++p.lane) Code::template pass<2 * Level + 1>(row, p);
                p.lane = own;
                Code::template finish<2 * Level + 1, Team<1>>(row);
            }
            passes<Level + 1>(p, row);
        }
    }
    template <int K>
    __device__ __forceinline__ static void clear(void* const* base) {
        if constexpr (sums<K>)
            for (long e = 0; e < At<K>::elements; ++e) static_cast<Element<At<K>::type>*>(base[K])[e] = Element<At<K>::type>(0);
    }
    template <int... K>
    __device__ __forceinline__ static void clear_all(void* const* base, std::integer_sequence<int, K...>) {
        (clear<K>(base), ...);
    }
    template <bool>
    __device__ __forceinline__ static void run(void* const* base) {
        clear_all(base, std::make_integer_sequence<int, operands>{});
        Kept kept;
        Place p{base, &kept, 0, 0, 0, 0, 0, 0, 0, 0};
        for (p.i0 = 0; p.i0 < N::n0; ++p.i0)
            for (p.i1 = 0; p.i1 < N::n1; ++p.i1)
                for (p.i2 = 0; p.i2 < N::n2; ++p.i2)
                    for (p.i3 = 0; p.i3 < N::n3; ++p.i3)
                        for (int lane = 0; lane < (vertical ? N::n7 : 1); ++lane) {
                            p.lane = lane;
                            Row row;
                            passes<0>(p, row);
                        }
    }
};

template <class Real, class F, int Batch, int M, int N, int K, int Bounded, int Unit, long AB, long AM, long AK, long BB, long BK, long BN, class O, class A, class BO, class BA>
struct InThread<ContractStep<Real, F, Batch, M, N, K, Bounded, Unit, AB, AM, AK, BB, BK, BN, false, O, A, BO, BA>> {
    static constexpr bool runs = true;
    using Left = Element<F::left>;
    using Right = Element<F::right>;
    using After = Result<Real, O, A>;
    using Before = Result<Real, BO, BA>;
    static constexpr bool computes_left = BA::count > 0;
    static constexpr int own = After::operands, before = Before::operands, operands = own + before + 2;
    static constexpr int many = N < 8 ? N : 8;  ///< results at a time: each value on the left is read once for so many
    static constexpr bool quads = BN == 1 && N % 4 == 0 && BK % 4 == 0 && BB % 4 == 0 && std::is_same_v<Right, float>;
    struct alignas(16) Quad {
        float at[4];
    };

    __device__ __forceinline__ static Real left(void* const* base, const Left* a, long i, long k) {
        if constexpr (computes_left)
            return Before::template operand<Real>(base + own, i, k);
        else
            return widened(a[i * AM + k * AK]);
    }
    /// sum[q] += x b[q], for `n` of them.
    template <bool Aligned>
    __device__ __forceinline__ static void multiply_add(Real (&sum)[many], Real x, const Right* b, int n) {
        if constexpr (Aligned && quads) {
            static_assert(many % 4 == 0);
#pragma unroll
            for (int q = 0; q < many; q += 4) {
                if (q >= n) break;
                const Quad four = *reinterpret_cast<const Quad*>(b + q);
#pragma unroll
                for (int r = 0; r < 4; ++r) sum[q + r] += x * four.at[r];
            }
        } else {
#pragma unroll
            for (int q = 0; q < many; ++q)
                if (q < n) sum[q] += x * static_cast<Real>(widened(b[q * BN]));
        }
    }
    template <int I>
    __device__ __forceinline__ static void add(void* const* base, int number, long column, Real x) {
        if constexpr (After::template sums<I>)
            if (After::template number_of_column<I> == number) static_cast<Real*>(base[I])[column * After::template At<I>::lane] += x;
    }
    template <int I>
    __device__ __forceinline__ static void clear(void* const* base) {
        if constexpr (After::template sums<I>)
            for (int j = 0; j < N; ++j) static_cast<Real*>(base[I])[j * After::template At<I>::lane] = Real(0);
    }
    template <bool Aligned, int... I>
    __device__ __forceinline__ static void run_all(void* const* base, std::integer_sequence<int, I...>) {
        (clear<I>(base), ...);
        for (int batch = 0; batch < Batch; ++batch) {
            const Left* a = static_cast<const Left*>(base[own + before]) + batch * AB;
            const Right* b = static_cast<const Right*>(base[own + before + 1]) + batch * BB;
            for (int i = 0; i < M; ++i)
                for (int j = 0; j < N; j += many) {
                    const int n = N % many == 0 ? many : N - j < many ? N - j : many;
                    Real sum[many] = {};
                    for (int k = 0; k < K; ++k) multiply_add<Aligned>(sum, left(base, a, i, k), b + k * BK + j * BN, n);
#pragma unroll
                    for (int q = 0; q < many; ++q)
                        if (q < n) After::put(base, batch, i, j + q, sum[q], [&](int number, Real x) { (add<I>(base, number, j + q, x), ...); });
                }
        }
    }
    template <bool Aligned>
    __device__ __forceinline__ static void run(void* const* base) {
        run_all<Aligned>(base, std::make_integer_sequence<int, own>{});
    }
};

}  // namespace strata::cuda
