// SPDX-License-Identifier: BSL-1.0
/// Views: elements that lie in a tensor, or in memory of the program's own, without a copy of them.
#pragma once

#include <strata/tensor/tensor.hpp>

namespace strata {

/// What is assigned to goes to the elements, which a view of constants only reads.
template <class View>
struct ViewOnlyReads {
    static_assert(detail::never<View>, "strata: a view of constant elements is assigned to; make it a view of T, not of const T, or of a tensor that is not const");
};

/// Elements of a compile-time shape at an address of a place; T is const where they are only read. It stands in expressions as a tensor does, and what is
/// assigned to it goes to the elements, too where it is another view; copies see the same elements. Needs: the elements, for as long as it is used.
/// From TensorOn's operator[], or from an address.
template <class PlaceT, class T, int... D>
class TensorViewOn : public Elements<TensorViewOn<PlaceT, T, D...>, PlaceT, T, D...> {
    using Base = Elements<TensorViewOn, PlaceT, T, D...>;

  public:
    using typename Base::Place;
    using typename Base::Shape;
    using typename Base::Type;
    using Base::size;

    explicit TensorViewOn(T* elements, PlaceT at = {}) : data_(elements), at_(at) {}
    /// Throws DataError where the elements are not as many as the shape's.
    template <class U, std::size_t N>
        requires(within_reach_of_host<PlaceT, Type> && std::is_convertible_v<U (*)[], T (*)[]>)
    explicit TensorViewOn(std::span<U, N> elements) : data_(elements.data()) {
        Base::check_count(elements.size());
    }
    /// All of a tensor, in its own shape or in another of as many elements.
    template <int... N>
        requires(strata::Shape<N...>::size == Base::size)
    TensorViewOn(TensorOn<PlaceT, Type, N...>& x) : data_(x.data()), at_(x.place()) {}
    template <int... N>
        requires(strata::Shape<N...>::size == Base::size && std::is_const_v<T>)
    TensorViewOn(const TensorOn<PlaceT, Type, N...>& x) : data_(x.data()), at_(x.place()) {}
    TensorViewOn(const TensorViewOn&) = default;

    // NOLINTBEGIN(misc-unconventional-assign-operator,bugprone-unhandled-self-assignment): the view is not changed, what it shows is
    /// Computes an expression of the same shape into the elements.
    template <Expression E>
    const TensorViewOn& operator=(const E& e) const {
        using Fault = std::conditional_t<std::is_const_v<T>, ViewOnlyReads<TensorViewOn>, detail::AssignmentFault<detail::Wrapped<E>, Place, Type, Shape>>;
        [[maybe_unused]] constexpr Fault fault{};
        if constexpr (std::is_same_v<Fault, NoFault>) Executor<Place>::assign(detail::wrap(e), *this);
        return *this;
    }
    const TensorViewOn& operator=(const TensorViewOn& other) const { return *this = detail::wrap(other); }
    /// Refused: a number, a range that is no tensor.
    template <detail::ForeignElements X>
    const TensorViewOn& operator=(const X&) const {
        [[maybe_unused]] constexpr detail::ForeignFault<TensorViewOn, X> fault{};
        return *this;
    }
    // NOLINTEND(misc-unconventional-assign-operator,bugprone-unhandled-self-assignment)

    PlaceT place() const { return at_; }
    T* data() const { return data_; }
    Tensor<Type, D...> to_host() const { return typename Base::Owner(*this).to_host(); }

  private:
    T* data_;
    [[no_unique_address]] PlaceT at_{};
};
/// A view of elements on the host.
template <class T, int... D>
using TensorView = TensorViewOn<Host, T, D...>;

}  // namespace strata
