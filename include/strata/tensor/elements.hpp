// SPDX-License-Identifier: BSL-1.0
/// What tensors and views have in common: row-major elements of a compile-time shape in the memory of a place.
#pragma once

#include <span>
#include <string>
#include <type_traits>

#include <strata/core/error.hpp>
#include <strata/device/buffer.hpp>
#include <strata/expr/expression.hpp>
#include <strata/op/cast.hpp>
#include <strata/tensor/assign.hpp>
#include <strata/tensor/leaf.hpp>

namespace strata {

/// The indices of an element are as many as its tensor has axes.
template <class Shape, int Axes, int Indices>
struct IndicesDoNotFit {
    static_assert(Axes == Indices, "strata: a tensor's element takes one index for each axis; the shape and the two numbers are named here");
};

/// The host reads and writes elements in its own memory only.
template <class Place>
struct ElementsAreElsewhere {
    static_assert(detail::never<Place>, "strata: elements in the memory of another place are out of the host's reach; x.to_host() is a copy within it");
};

/// An expression is assigned to a tensor of its own shape and element type; one of numbers alone to a floating one, of whole numbers to integers too.
template <class Expression, class Tensor>
struct AssignedShapesDiffer {
    static_assert(std::is_same_v<Expression, Tensor>, "strata: an expression is assigned to a tensor of another shape; change the tensor, or reshape");
};
template <class Expression, class Tensor>
struct AssignedTypesDiffer {
    static_assert(std::is_same_v<Expression, Tensor>, "strata: an expression is assigned to a tensor of another element type; write cast<T>(x)");
};

/// What is neither an expression nor a list, where a tensor is made or assigned.
template <class Tensor, class Given>
struct NumberForTensor {
    static_assert(detail::never<Given>, "strata: a tensor is made of expressions, lists in braces and spans of its element type; write Tensor<float, 2, 3>::full(1.5f) for one number everywhere");
};
template <class Tensor, class Given>
struct RangeForTensor {
    static_assert(detail::never<Given>, "strata: a tensor is made of a contiguous range of its own element type, in parentheses; write Tensor<float, 3> x(v) with std::vector<float> v, and x = Tensor<float, 3>(v)");
};
template <class Tensor>
struct TensorIsConst {
    static_assert(detail::never<Tensor>, "strata: a const tensor is assigned to; make it one that is not const, or write to a copy");
};
/// An index that is no whole number.
template <class... Index>
struct IndicesAreNotWhole {
    static_assert(detail::never<Index...>, "strata: a tensor's element is asked for by a floating index, which would be cut; write x(static_cast<int>(i), j)");
};

namespace detail {
/// What can be meant as a tensor's elements.
template <class X>
concept ForeignElements = std::is_arithmetic_v<X> || std::is_pointer_v<X> || ForeignRange<X>;
template <class Tensor, class X>
using ForeignFault = std::conditional_t<std::is_arithmetic_v<X>, NumberForTensor<Tensor, X>, RangeForTensor<Tensor, X>>;

/// A mistake that the tensor's own type has told.
template <class Where>
struct ToldByTensor {};

template <class E, class Place, class T, class S>
constexpr auto assignment_fault() {
    using Whole = typename ExpressionReport<E, InAssignment, Place>::type;
    if constexpr (!is_element<T>)
        return Chosen<ToldByTensor<InAssignment>>{};
    else if constexpr (!std::is_same_v<Whole, NoFault>)
        return Chosen<Whole>{};
    else if constexpr (!std::is_same_v<CapacityShape<typename E::Shape>, S>)
        return Chosen<AssignedShapesDiffer<CapacityShape<typename E::Shape>, S>>{};
    else if constexpr (!std::is_same_v<typename E::Type, Wide<T>> && !(is_weak<typename E::Type> && std::is_floating_point_v<Wide<T>>) &&
                       !(std::is_same_v<typename E::Type, WeakInteger> && is_integer<T>))
        return Chosen<AssignedTypesDiffer<typename E::Type, T>>{};
    else
        return Chosen<NoFault>{};
}
/// The report of what is wrong with assigning E to a tensor, or NoFault.
template <class E, class Place, class T, class S>
using AssignmentFault = typename decltype(assignment_fault<E, Place, T, S>())::type;
}  // namespace detail

template <class PlaceT, class T, int... D>
class TensorOn;
template <class PlaceT, class T, int... D>
class TensorViewOn;

/// X has elements: a tensor or a view.
template <class X>
concept HasElements = requires { typename X::ElementsTag; };

namespace detail {
template <int... D>
struct Extents {
    using Shape = strata::Shape<D...>;
};
}  // namespace detail

/// The access to elements of Derived, which tells data() and place().   T is const where they are only read. By index, iterator or span they are
/// reached in the host's own memory.
template <class Derived, class PlaceT, class T, int... D>
class Elements {
  public:
    static_assert(is_element<std::remove_const_t<T>>, "strata: elements are float, double, bool, std::int32_t, std::int64_t, bf16 or f16, and no other type");
    static_assert(((D > 0) && ...), "strata: a tensor's extents are at least 1; a batch of bounded size belongs to models");
    static_assert(sizeof...(D) <= max_rank, "strata: a shape has too many axes; merge some with Reshape");
    using ExpressionTag = void;
    using ElementsTag = void;
    using Shape = typename std::conditional_t<sizeof...(D) <= max_rank, detail::Extents<D...>, detail::Extents<>>::Shape;
    using Type = std::remove_const_t<T>;
    using Place = PlaceT;
    using Owner = TensorOn<PlaceT, Type, D...>;  ///< what holds a copy
    static constexpr long size = Shape::size;
    static constexpr int rank = Shape::rank;

    auto begin() requires within_reach_of_host<PlaceT, Type> { return self().data(); }
    auto end() requires within_reach_of_host<PlaceT, Type> { return self().data() + size; }
    auto begin() const requires within_reach_of_host<PlaceT, Type> { return self().data(); }
    auto end() const requires within_reach_of_host<PlaceT, Type> { return self().data() + size; }
    std::span<const Type> span() const {
        [[maybe_unused]] constexpr Reach reach{};
        return {self().data(), static_cast<std::size_t>(size)};
    }

    /// Refused where the host reads a range of elements, as sessions and steps do.
    template <class U>
        requires(!within_reach_of_host<PlaceT, Type>)
    operator std::span<U>() const {
        [[maybe_unused]] constexpr Reach reach{};
        return {};
    }

    /// Element at an index for each axis.   Needs: indices within the shape.
    template <class... I>
    auto& operator()(I... i) {
        [[maybe_unused]] constexpr IndexFault<I...> fault{};
        [[maybe_unused]] constexpr Reach reach{};
        return self().data()[offset(i...)];
    }
    template <class... I>
    auto& operator()(I... i) const {
        [[maybe_unused]] constexpr IndexFault<I...> fault{};
        [[maybe_unused]] constexpr Reach reach{};
        return self().data()[offset(i...)];
    }
    /// Row i along the first axis, as a view; of one axis, the element.   Needs: i within the axis, and the tensor for as long as the view.
    decltype(auto) operator[](long i) & requires(rank > 0) { return row(self().data(), i, Shape{}); }
    decltype(auto) operator[](long i) const& requires(rank > 0) { return row(self().data(), i, Shape{}); }

    /// x += e is x = x + e, and so on.
    template <class E>
    auto& operator+=(const E& e) { return self() = self() + e; }
    template <class E>
    auto& operator-=(const E& e) { return self() = self() - e; }
    template <class E>
    auto& operator*=(const E& e) { return self() = self() * e; }
    template <class E>
    auto& operator/=(const E& e) { return self() = self() / e; }
    template <class E>
    auto& operator+=(const E& e) const { return self() = self() + e; }
    template <class E>
    auto& operator-=(const E& e) const { return self() = self() - e; }
    template <class E>
    auto& operator*=(const E& e) const { return self() = self() * e; }
    template <class E>
    auto& operator/=(const E& e) const { return self() = self() / e; }

    /// The elements as a leaf; of 16-bit floats, widened.
    constexpr auto expression() const {
        if constexpr (!is_element<Type>)
            return Refusal<detail::ToldByTensor>{};
        else if constexpr (is_narrow<Type>)
            return cast<float>(TensorLeaf<Type, Shape, Place>{self().data()});
        else
            return TensorLeaf<Type, Shape, Place>{self().data()};
    }

  protected:
    /// Throws DataError where values are not as many as the shape's.
    static void check_count(std::size_t values) {
        if (static_cast<long>(values) != size)
            raise<DataError>("strata: " + std::to_string(values) + " values for a tensor of " + std::to_string(size) + "; give one for each element");
    }

  private:
    template <class... I>
    using IndexFault = std::conditional_t<sizeof...(I) == rank && (std::is_floating_point_v<I> || ...), IndicesAreNotWhole<I...>, IndicesDoNotFit<Shape, rank, static_cast<int>(sizeof...(I))>>;
    using Reach = std::conditional_t<within_reach_of_host<PlaceT, Type>, NoFault, ElementsAreElsewhere<PlaceT>>;
    constexpr Derived& self() { return static_cast<Derived&>(*this); }
    constexpr const Derived& self() const { return static_cast<const Derived&>(*this); }
    template <class... I>
    static constexpr long offset(I... i) {
        long at = 0;
        if constexpr (sizeof...(I) == sizeof...(D)) ((at = at * D + static_cast<long>(i)), ...);
        return at;
    }
    template <class U, int First>
    U& row(U* all, long i, strata::Shape<First>) const {
        [[maybe_unused]] constexpr Reach reach{};
        return all[i];
    }
    template <class U, int First, int Second, int... Rest>
    auto row(U* all, long i, strata::Shape<First, Second, Rest...>) const {
        return TensorViewOn<PlaceT, U, Second, Rest...>(all + i * strata::Shape<Second, Rest...>::size, self().place());
    }
};

}  // namespace strata
