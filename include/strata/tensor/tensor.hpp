// SPDX-License-Identifier: BSL-1.0
/// Tensors: elements of a compile-time shape in memory of their own.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include <strata/tensor/elements.hpp>
#include <strata/tensor/nested.hpp>

namespace strata {

/// A tensor on the host.
template <class T, int... D>
using Tensor = TensorOn<Host, T, D...>;

/// Row-major elements of type T in the memory of a place; an expression assigned to it runs there as fused kernels. Elements of 16 bits are
/// widened to f32 where they are read, and what is assigned to them is rounded.
template <class PlaceT, class T, int... D>
class TensorOn : public Elements<TensorOn<PlaceT, T, D...>, PlaceT, T, D...> {
    static_assert(!std::is_const_v<T>, "strata: a tensor's elements are not const by themselves; write const Tensor<float, 3>, or TensorView<const float, 3>");
    using Memory = BufferOn<PlaceT, std::remove_const_t<T>>;
    using Base = Elements<TensorOn, PlaceT, T, D...>;
    template <class, class, int...>
    friend class TensorOn;
    using Widened = std::conditional_t<is_narrow<T>, float, detail::NoRow>;  // a constraint does not count with g++ where elements of no such type are told
    using Row = typename detail::RowOfTensor<Wide<T>, D...>::type;

  public:
    using typename Base::Place;
    using typename Base::Shape;
    using Base::rank;
    using Base::size;

    /// Zeros.
    TensorOn() : data_(size) {}
    explicit TensorOn(PlaceT at) : data_(size, at) {}
    /// Every element `value`.
    static TensorOn full(Wide<T> value) {
        Buffer<T> all(size);
        for (T& x : all) x = value;
        return TensorOn(Filled{}, std::move(all));
    }
    /// Elements in row-major order.   Throws DataError where their number is not the shape's.
    TensorOn(std::initializer_list<T> values) : TensorOn(std::span<const T>(values.begin(), values.size())) {}
    explicit TensorOn(std::span<const T> values, PlaceT at = {}) : data_(copied(values), at) {}
    /// The same, rounded to 16 bits.
    TensorOn(std::initializer_list<Widened> values) requires is_narrow<T> : data_(copied(std::span<const float>(values.begin(), values.size()))) {}
    explicit TensorOn(std::span<const float> values, PlaceT at = {}) requires is_narrow<T> : data_(copied(values), at) {}
    /// Rows in nested braces, {{1, 2}, {3, 4}}, of at most 64; a row of another length does not compile.   Throws DataError where the rows are not as many as the shape's.
    TensorOn(std::initializer_list<Row> rows) requires(rank > 1) : data_(flattened(rows)) {}
    template <std::size_t... Given>
        requires(rank > 1 && detail::Uneven<Row, Given...>)
    TensorOn([[maybe_unused]] const typename detail::Rows<Row>::Element (&... row)[Given]) : data_(size) {
        [[maybe_unused]] constexpr detail::RowsFault<Shape, Row, Given...> fault{};
    }
    /// Refused: in {{1, 2}} the inner braces would else be taken for all elements.
    TensorOn(std::initializer_list<detail::NoneOfRows<Shape, Row>>) requires(rank > 1) : data_(size) {}
    /// A copy of a tensor at another place, or on another device of the same.
    template <class Other>
    explicit TensorOn(const TensorOn<Other, T, D...>& x, PlaceT at = {}) : data_(brought(x.data_, at)) {}
    Tensor<T, D...> to_host() const { return Tensor<T, D...>(*this); }
    /// Computes an expression of the same shape.   (Not by way of operator=: a compiler's message would be the longer for it.)
    template <Expression E>
        requires(!std::is_same_v<E, TensorOn>)
    TensorOn(const E& e) : data_(room(e)) {
        using Fault = detail::AssignmentFault<detail::Wrapped<E>, Place, T, Shape>;
        [[maybe_unused]] constexpr Fault fault{};
        if constexpr (std::is_same_v<Fault, NoFault>) Executor<Place>::assign(detail::wrap(e), *this);
    }
    template <Expression E>
        requires(!std::is_same_v<E, TensorOn>)
    TensorOn& operator=(const E& e) {
        using Fault = detail::AssignmentFault<detail::Wrapped<E>, Place, T, Shape>;
        [[maybe_unused]] constexpr Fault fault{};
        if constexpr (std::is_same_v<Fault, NoFault>) {
            if (data_.data() == nullptr) data_ = room(e);  // it was moved from
            Executor<Place>::assign(detail::wrap(e), *this);
        }
        return *this;
    }

    // Refused, each in words: a number, a range of other elements, an assignment to a constant.
    template <detail::ForeignElements X>
        requires(!std::is_convertible_v<const X&, std::span<const T>> && !(is_narrow<T> && std::is_convertible_v<const X&, std::span<const float>>) && !std::is_convertible_v<const X&, PlaceT>)
    explicit TensorOn(const X&) : data_(size) {
        [[maybe_unused]] constexpr detail::ForeignFault<TensorOn, X> fault{};
    }
    template <detail::ForeignElements X>
        requires(!std::is_convertible_v<const X&, TensorOn>)
    TensorOn& operator=(const X&) {
        [[maybe_unused]] constexpr detail::ForeignFault<TensorOn, X> fault{};
        return *this;
    }
    template <detail::Argument X>
    const TensorOn& operator=(const X&) const {  // NOLINT(misc-unconventional-assign-operator): refused
        [[maybe_unused]] constexpr TensorIsConst<TensorOn> fault{};
        return *this;
    }

    /// Where it is, with the number of its device if places have several.
    PlaceT place() const { return data_.place(); }
    /// The address of the first element, in the memory of the place.
    T* data() { return data_.data(); }
    const T* data() const { return data_.data(); }
    using Base::operator[];
    void operator[](long) const&& = delete;  // the view would outlive the elements

  private:
    struct Filled {};
    TensorOn(Filled, Buffer<T>&& elements) : data_(std::move(elements)) {}
    template <class From>
    static Buffer<T> copied(std::span<const From> values) {
        Base::check_count(values.size());
        Buffer<T> all(size);
        for (long i = 0; i < size; ++i) all[i] = values[static_cast<std::size_t>(i)];
        return all;
    }
    static Buffer<T> flattened(std::initializer_list<Row> rows) {
        if (static_cast<long>(rows.size()) != Shape::dims().extent[0])
            raise<DataError>("strata: " + std::to_string(rows.size()) + " rows for a tensor of " + std::to_string(Shape::dims().extent[0]) + "; give one for each");
        Buffer<T> all(size);
        T* to = all.data();
        const auto put = [&to](Wide<T> x) { *to++ = x; };
        for (const Row& row : rows) detail::each_number(row, put);
        return all;
    }
    template <class M>
    static Memory brought(const M& elements, PlaceT at) {
        if constexpr (std::is_same_v<M, Buffer<T>> || std::is_same_v<M, Memory>)
            return Memory(elements, at);
        else
            return Memory(elements.to_host(), at);
    }
    /// Memory where the tensors of an expression are.
    template <class E>
    static Memory room(const E& e) {
        if constexpr (std::is_same_v<detail::AssignmentFault<detail::Wrapped<E>, Place, T, Shape>, NoFault>)
            return Memory(size, Executor<Place>::place_of(detail::wrap(e)));
        else
            return Memory(size);
    }
    Memory data_;
};

}  // namespace strata
