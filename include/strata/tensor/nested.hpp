// SPDX-License-Identifier: BSL-1.0
/// Rows of numbers in nested braces, as in {{1, 2}, {3, 4}}. A row has as many constructor parameters as elements: another number does not compile.
#pragma once

#include <utility>

namespace strata::detail {

/// The longest row that braces are taken for: longer ones would have as many parameters wherever a tensor is made.
inline constexpr int longest_row = 64;

template <class E, int>
using Indexed = E;

/// Elements of one axis.
template <class E, class I>
struct RowOf;
template <class E, int... I>
struct RowOf<E, std::integer_sequence<int, I...>> {
    E element[sizeof...(I)];
    constexpr RowOf(const Indexed<E, I>&... e) : element{e...} {}
};

/// No braces make one.
struct NoRow {
    NoRow() = delete;
    NoRow(const NoRow&) = default;
};

/// What one pair of braces holds of a tensor whose other axes are D.
template <class T, int... D>
struct Nested {
    using type = NoRow;
};
template <class T, int D>
    requires(D <= longest_row)
struct Nested<T, D> {
    using type = RowOf<T, std::make_integer_sequence<int, D>>;
};
template <class T, int D, int Next, int... Rest>
    requires(D <= longest_row && ((Next <= longest_row) && ... && (Rest <= longest_row)))
struct Nested<T, D, Next, Rest...> {
    using type = RowOf<typename Nested<T, Next, Rest...>::type, std::make_integer_sequence<int, D>>;
};
/// A row of a tensor of shape [First, D...].
template <class T, int... D>
struct RowOfTensor {
    using type = NoRow;
};
template <class T, int First, int... D>
struct RowOfTensor<T, First, D...> : Nested<T, D...> {};

/// The numbers of a row, in order, by put(number).
template <class T, class F>
void each_number(const T& x, F& put) {
    put(x);
}
template <class E, class I, class F>
void each_number(const RowOf<E, I>& row, F& put) {
    for (const E& e : row.element) each_number(e, put);
}

}  // namespace strata::detail
