// SPDX-License-Identifier: BSL-1.0
/// The code put on the result of a product, convolution or window: a tile that lies in the first cache goes through the step's
/// instructions and out to memory.
#pragma once

#include <strata/kernel/host/loop.hpp>

namespace strata::host::inline STRATA_VARIANT {

/// Runs the code of Accesses and Acts over tiles of a result seen as [block][row][column]. Operand strides: s0 a block, s1 a row, lane a column.
template <class Real, class Accesses, class Acts>
struct Result;
template <class Real, class... O, class... A>
struct Result<Real, Accesses<O...>, Acts<A...>> {
    static constexpr int w = width<Real>, operands = sizeof...(O);
    using Code = Machine<Real, false, std::make_integer_sequence<int, sizeof...(A)>, A...>;
    template <int K>
    using At = typename Types<O...>::template At<K>;
    static constexpr bool has_columns = ((A::what == Do::column) || ...);
    /// The code only stores the result, in its own type, columns side by side.
    static constexpr bool copies = [] {
        if constexpr (operands == 1 && sizeof...(A) == 2)
            return At<0>::lane == 1 && std::is_same_v<Element<At<0>::type>, Real> && (... && (A::what == Do::tile || A::what == Do::store));
        else
            return false;
    }();

    template <bool Partial>
    struct Place {
        void* const* base;
        const Real* from;
        long block, row, column;
        int n;

        template <int K>
        STRATA_INLINE long at() const {
            return block * At<K>::s0 + row * At<K>::s1 + column * At<K>::lane;
        }
        STRATA_INLINE Pack<Real, w> tile() const { return host::load<Real, w>(from); }
        template <int K, DType T>
        STRATA_INLINE auto load() const {
            return load_lanes<T, Real, Partial && At<K>::lane != 0, At<K>::lane>(base[K], at<K>(), n);
        }
        template <int K, class V>
        STRATA_INLINE void store(const V& v) const {
            store_lanes<Element<At<K>::type>, Partial, At<K>::lane>(base[K], at<K>(), n, v);
        }
        /// A sum over the rows (or, where a result lies the other way, along them). The first row begins it.
        template <int K, class V>
        STRATA_INLINE void add(const V& v) const {
            using E = Element<At<K>::type>;
            if constexpr (At<K>::lane == 0) {
                E* p = static_cast<E*>(base[K]) + at<K>();
                const auto s = sum(only_valid(v, Wide<E>(0)));
                *p = column == 0 ? s : *p + s;
            } else if (row == 0) {
                store<K>(v);
            } else {
                store<K>(load<K, At<K>::type>() + v);
            }
        }
        template <class V, class E>
        STRATA_INLINE V only_valid(const V& v, E otherwise) const {
            if constexpr (Partial)
                return math::where(first_lanes<E, w>(n), v, V(otherwise));
            else
                return v;
        }
        STRATA_INLINE Pack<std::int32_t, w> along_row() const { return Pack<std::int32_t, w>(0); }
    };

    /// Columns [column, column + length) of one row.   `from`: aligned, readable in whole vectors.
    __attribute__((noinline)) static void line(void* const* base, const Real* from, long block, long row, long column, int length) noexcept {
        typename Code::Row values;
        int c = 0;
        STRATA_PLAIN_LOOP
        for (; c + w <= length; c += w) Code::pass(typename Code::template Part<1>{}, values, Place<false>{base, from + c, block, row, column + c, w});
        if (c < length) Code::pass(typename Code::template Part<1>{}, values, Place<true>{base, from + c, block, row, column + c, length - c});
    }
    /// Rows of a tile.
    __attribute__((noinline)) static void tile(void* const* base, const Real* from, long ld, long block, long row, int rows, long column, int columns) noexcept {
        for (int r = 0; r < rows; ++r) {
            typename Code::Row values;
            int c = 0;
            STRATA_PLAIN_LOOP
            for (; c + w <= columns; c += w) Code::pass(typename Code::template Part<1>{}, values, Place<false>{base, from + r * ld + c, block, row + r, column + c, w});
            if (c < columns) Code::pass(typename Code::template Part<1>{}, values, Place<true>{base, from + r * ld + c, block, row + r, column + c, columns - c});
        }
    }
};

}  // namespace strata::host
