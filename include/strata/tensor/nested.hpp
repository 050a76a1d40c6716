// SPDX-License-Identifier: BSL-1.0
/// Rows of numbers in nested braces, as in {{1, 2}, {3, 4}}. A row has as many constructor parameters as elements: with another number the
/// braces are taken for arrays, whose lengths a compiler can tell.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include <strata/core/shape.hpp>
#include <strata/expr/misfit.hpp>

namespace strata {

/// Rows in braces are as long as the tensor's, here of shape Shape or, from three axes on, of the part that they are in.
template <class Shape, int Wanted, int Given>
struct RowsDoNotFit {
    static_assert(Wanted == Given, "strata: a row in braces is not as long as the tensor's; give it as many elements (the shape, its length and the given one are named here)");
};
/// One of a tensor's extents behind the first is greater than Longest.
template <class Shape, int Longest>
struct TooLongForBraces {
    static_assert(detail::never<Shape>, "strata: rows this long are not taken in nested braces; give all elements in one list or as a std::span");
};

namespace detail {

/// The longest row that braces are taken for: longer ones would have as many parameters wherever a tensor is made.
inline constexpr int longest_row = 64;

template <class E, int>
using Indexed = E;

/// No braces make one.
struct NoRow {
    NoRow() = delete;
    NoRow(const NoRow&) = default;
};

/// Elements of one axis.
template <class E, class I>
struct RowOf;

/// What rows of type Row hold and the shape of one; of numbers, none.
template <class Row>
struct Rows {
    using Element = NoRow;
    static constexpr int length = 0;
    using Shape = strata::Shape<>;
};
/// Braces of any depth, where no row is made of them.
struct Braces {
    Braces(double) {}
    Braces(std::initializer_list<Braces>) {}
};
template <>
struct Rows<NoRow> : Rows<void> {
    using Element = Braces;
};
template <class E, int... I>
struct Rows<RowOf<E, std::integer_sequence<int, I...>>> {
    using Element = E;
    static constexpr int length = sizeof...(I);
    using Shape = BatchShape<typename Rows<E>::Shape, length>;
};
/// The first that is not the length of rows, else it.
template <std::size_t... Given>
constexpr int first_other(int length) {
    int other = length;
    ((other = other == length ? static_cast<int>(Given) : other), ...);
    return other;
}
/// What is wrong with rows of these lengths for a tensor of shape S.
template <class S, class Row, std::size_t... Given>
using RowsFault = std::conditional_t<std::is_same_v<Row, NoRow>, TooLongForBraces<S, longest_row>,
                                     RowsDoNotFit<S, Rows<Row>::length, first_other<Given...>(Rows<Row>::length)>>;
/// Elements for a row of Row among which one has another length than Row's.
template <class Row, std::size_t... Given>
concept Uneven = ((static_cast<int>(Given) != Rows<Row>::length) || ...);

/// Numbers in inner braces that are neither a row, of type Row, nor all elements of a tensor of shape S.
template <class S, class Row>
struct NoneOfRows {
    template <class... U>
        requires(sizeof...(U) > 1 && sizeof...(U) != Rows<Row>::length && sizeof...(U) != S::size && (std::is_arithmetic_v<U> && ...))
    NoneOfRows(const U&...) {
        [[maybe_unused]] constexpr RowsFault<S, Row, sizeof...(U)> fault{};
    }
};

/// Stands for elements where compiling stops anyway.
template <class E>
E not_made();

template <class E, int... I>
struct RowOf<E, std::integer_sequence<int, I...>> {
    E element[sizeof...(I)];
    constexpr RowOf(const Indexed<E, I>&... e) : element{e...} {}
    template <std::size_t... Given>
        requires Uneven<E, Given...>
    RowOf([[maybe_unused]] const typename Rows<E>::Element (&... row)[Given]) : element{not_made<Indexed<E, I>>()...} {
        using Own = BatchShape<typename Rows<E>::Shape, sizeof...(I)>;
        [[maybe_unused]] constexpr RowsFault<Own, E, Given...> fault{};
    }
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

}  // namespace detail
}  // namespace strata
