// SPDX-License-Identifier: BSL-1.0
/// What is made of a product's, a convolution's or a pool's results where they are computed, one by one or four beside each other; and of an operand's
/// elements before.   Needs: of four, arrays at multiples of 16 bytes, and rows of a multiple of four.
#pragma once

#include <strata/kernel/cuda/code.cuh>
#include <strata/kernel/cuda/vector.cuh>

namespace strata::cuda {

/// The code put on results seen as [block][row][column], or that computes an operand's elements.
template <class Real, class Accesses, class Acts>
struct Result;
template <class Real, class... O, class... A>
struct Result<Real, Accesses<O...>, Acts<A...>> {
    using Code = Machine<std::make_integer_sequence<int, sizeof...(A)>, A...>;
    static constexpr int operands = sizeof...(O);
    template <int K>
    using At = typename Types<O...>::template At<K>;
    static constexpr bool has_columns = ((A::what == Do::column) || ...);
    static constexpr int column_sums = ((A::what == Do::column ? 1 : 0) + ... + 0);
    /// The column sums before operand K's.
    template <int K>
    static constexpr int number_of_column = ((A::what == Do::column && A::operand < K ? 1 : 0) + ... + 0);
    template <int K>
    static constexpr bool sums = ((A::what == Do::column && A::operand == K) || ...);

    struct NoSums {
        __device__ __forceinline__ void operator()(int, Real) const {}
    };
    /// One place of the result. Sums: adds to column sum number c what is met.
    template <class Sums>
    struct Place {
        void* const* base;
        Real value;
        long block, row, column;
        Sums sums;
        template <int K>
        __device__ __forceinline__ long at() const {
            return block * At<K>::s0 + row * At<K>::s1 + column * At<K>::lane;
        }
        __device__ __forceinline__ Real tile() const { return value; }
        template <int K>
        __device__ __forceinline__ auto load() const {
            return static_cast<const Element<At<K>::type>*>(base[K])[at<K>()];
        }
        template <int K, class I>
        __device__ __forceinline__ auto gather(I index) const {
            return row_of_table<At<K>, Element<At<K>::type>>(base[K], at<K>(), index);
        }
        template <int K, bool, class V>
        __device__ __forceinline__ void store(V v) const {
            static_cast<Element<At<K>::type>*>(base[K])[at<K>()] = v;
        }
        template <int K, bool, class V>
        __device__ __forceinline__ void add(V v) const {
            sums(number_of_column<K>, v);
        }
        __device__ __forceinline__ int along_row() const { return 0; }
    };
    template <int K>
    static constexpr bool loads = ((A::what == Do::load && A::operand == K) || ...);
    template <int K>
    static constexpr bool in_fours = At<K>::lane == 1 && At<K>::aligned && sizeof(Element<At<K>::type>) <= 4 && At<K>::s0 % 4 == 0 && At<K>::s1 % 4 == 0;
    /// Whether all that is stored can be so in vectors of four.
    static constexpr bool stores_fours = !has_columns && ((A::what != Do::store || in_fours<(A::operand < 0 ? 0 : A::operand)>) && ...);
    template <int K, bool Is>
    struct Four {};
    template <int K>
    struct Four<K, true> {
        Vector<Element<At<K>::type>, 4> v;
    };
    template <int K>
    static constexpr bool same_in_rows = loads<K> && !At<K>::written && in_fours<K> && At<K>::s1 == 0;
    template <int K>
    static constexpr bool fetched = loads<K> && !At<K>::written && in_fours<K> && At<K>::s1 != 0;
    template <int K>
    static constexpr bool stored = ((A::what == Do::store && A::operand == K) || ...);
    /// Four results beside each other: what is the same in all rows is read once, what is not before the code runs.
    template <class Seq>
    struct FoursOf;
    template <int... K>
    struct FoursOf<std::integer_sequence<int, K...>> {
        struct Same : Four<K, same_in_rows<K>>... {};
        struct Ahead : Four<K, fetched<K>>... {};
        struct Out : Four<K, stored<K>>... {};
        void* const* base;
        long block;
        Same same;
        __device__ __forceinline__ void hold(long column) { (get<K, same_in_rows<K>>(0, column, same), ...); }
        __device__ __forceinline__ void fetch(long row, long column, Ahead& to) const { (get<K, fetched<K>>(row, column, to), ...); }
        __device__ __forceinline__ void put(long row, long column, const Vector<Real, 4>& sum, const Ahead& ahead) const {
            Out out;
#pragma unroll
            for (int k = 0; k < 4; ++k) {
                typename Code::Row values;
                Code::template pass<1>(values, OneOfFour{{base, sum.at[k], block, row, column + k, {}}, same, ahead, out, k});
            }
            (set<K, stored<K>>(row, column, out), ...);
        }

      private:
        struct OneOfFour : Place<NoSums> {
            const Same& same;
            const Ahead& ahead;
            Out& out;
            int k;
            template <int I>
            __device__ __forceinline__ auto load() const {
                if constexpr (same_in_rows<I>)
                    return static_cast<const Four<I, true>&>(same).v.at[k];
                else if constexpr (fetched<I>)
                    return static_cast<const Four<I, true>&>(ahead).v.at[k];
                else
                    return Place<NoSums>::template load<I>();
            }
            template <int I, bool, class V>
            __device__ __forceinline__ void store(V v) const {
                static_cast<Four<I, true>&>(out).v.at[k] = v;
            }
        };
        template <int I>
        __device__ __forceinline__ Element<At<I>::type>* at(long row, long column) const {
            return static_cast<Element<At<I>::type>*>(base[I]) + (block * At<I>::s0 + row * At<I>::s1 + column);
        }
        template <int I, bool Is, class To>
        __device__ __forceinline__ void get(long row, long column, To& to) const {
            if constexpr (Is) static_cast<Four<I, true>&>(to).v = load_vector<4>(static_cast<const Element<At<I>::type>*>(at<I>(row, column)));
        }
        template <int I, bool Is>
        __device__ __forceinline__ void set(long row, long column, const Out& out) const {
            if constexpr (Is) store_at_once<4>(at<I>(row, column), static_cast<const Four<I, true>&>(out).v);
        }
    };
    using Fours = FoursOf<std::make_integer_sequence<int, operands>>;
    /// One place of an operand that the code computes: takes what it stores.
    template <class To>
    struct OperandPlace {
        void* const* base;
        long row, column;
        To* to;
        template <int K>
        __device__ __forceinline__ long at() const {
            return row * At<K>::s1 + column * At<K>::lane;
        }
        template <int K>
        __device__ __forceinline__ auto load() const {
            return static_cast<const Element<At<K>::type>*>(base[K])[at<K>()];
        }
        template <int K, class I>
        __device__ __forceinline__ auto gather(I index) const {
            return row_of_table<At<K>, Element<At<K>::type>>(base[K], at<K>(), index);
        }
        template <int, bool, class V>
        __device__ __forceinline__ void store(V v) const {
            *to = v;
        }
        template <int, bool, class V>
        __device__ __forceinline__ void add(V) const {}
        __device__ __forceinline__ Real tile() const { return Real(0); }
        __device__ __forceinline__ int along_row() const { return 0; }
    };
    /// The element (row, column) of the operand that the code computes.
    template <class To>
    __device__ __forceinline__ static To operand(void* const* base, long row, long column) {
        To v;
        typename Code::Row values;
        Code::template pass<1>(values, OperandPlace<To>{base, row, column, &v});
        return v;
    }
    template <class Sums>
    __device__ __forceinline__ static void put(void* const* base, long block, long row, long column, Real value, Sums sums) {
        typename Code::Row values;
        Code::template pass<1>(values, Place<Sums>{base, value, block, row, column, sums});
    }
    __device__ __forceinline__ static void put(void* const* base, long block, long row, long column, Real value) { put(base, block, row, column, value, NoSums{}); }
};

}  // namespace strata::cuda
