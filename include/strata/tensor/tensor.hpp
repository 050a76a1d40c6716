// SPDX-License-Identifier: BSL-1.0
/// Tensors: elements of a compile-time shape in memory of their own.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include <strata/core/error.hpp>
#include <strata/device/buffer.hpp>
#include <strata/expr/expression.hpp>
#include <strata/op/cast.hpp>
#include <strata/tensor/assign.hpp>
#include <strata/tensor/leaf.hpp>
#include <strata/tensor/nested.hpp>

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

/// An expression is assigned to a tensor of its own shape and element type.
template <class Expression, class Tensor>
struct AssignedShapesDiffer {
    static_assert(std::is_same_v<Expression, Tensor>, "strata: an expression is assigned to a tensor of another shape; change the tensor, or reshape");
};
template <class Expression, class Tensor>
struct AssignedTypesDiffer {
    static_assert(std::is_same_v<Expression, Tensor>, "strata: an expression is assigned to a tensor of another element type; write cast<T>(x)");
};

namespace detail {
template <class E, class Place, class T, class S>
constexpr auto assignment_fault() {
    using Whole = typename ExpressionReport<E, InAssignment, Place>::type;
    if constexpr (!std::is_same_v<Whole, NoFault>)
        return Chosen<Whole>{};
    else if constexpr (!std::is_same_v<CapacityShape<typename E::Shape>, S>)
        return Chosen<AssignedShapesDiffer<CapacityShape<typename E::Shape>, S>>{};
    else if constexpr (!std::is_same_v<typename E::Type, Wide<T>> && !(std::is_same_v<typename E::Type, Weak> && std::is_floating_point_v<Wide<T>>))
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
/// A tensor on the host.
template <class T, int... D>
using Tensor = TensorOn<Host, T, D...>;

/// Row-major elements of type T in the memory of a place; an expression assigned to it runs there as fused kernels. Elements of 16 bits are
/// widened to f32 where they are read, and what is assigned to them is rounded.
/// Elements by index, iterator or span are for places in the host's own memory.
template <class PlaceT, class T, int... D>
class TensorOn {
    using Memory = BufferOn<PlaceT, T>;
    template <class, class, int...>
    friend class TensorOn;
    static constexpr bool within_reach = requires(const Memory& m) { m[0L]; };
    using Reach = std::conditional_t<within_reach, NoFault, ElementsAreElsewhere<PlaceT>>;

  public:
    static_assert(((D > 0) && ...), "strata: a tensor's extents are at least 1; a batch of bounded size belongs to models");
    using ExpressionTag = void;
    using Shape = strata::Shape<D...>;
    using Type = T;
    using Place = PlaceT;
    static constexpr long size = Shape::size;
    static constexpr int rank = Shape::rank;

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
    TensorOn(std::initializer_list<float> values) requires is_narrow<T> : data_(copied(std::span<const float>(values.begin(), values.size()))) {}
    explicit TensorOn(std::span<const float> values, PlaceT at = {}) requires is_narrow<T> : data_(copied(values), at) {}
    /// Rows in nested braces, {{1, 2}, {3, 4}}, of at most 64; a row of another length does not compile.   Throws DataError where the rows are not as many as the shape's.
    TensorOn(std::initializer_list<typename detail::RowOfTensor<Wide<T>, D...>::type> rows) requires(rank > 1) : data_(flattened(rows)) {}
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
        if constexpr (std::is_same_v<Fault, NoFault>) Executor<Place>::assign(detail::wrap(e), *this);
        return *this;
    }

    /// Where it is, with the number of its device if places have several.
    PlaceT place() const { return data_.place(); }
    /// The address of the first element, in the memory of the place.
    T* data() { return data_.data(); }
    const T* data() const { return data_.data(); }
    T* begin() requires within_reach { return data(); }
    T* end() requires within_reach { return data() + size; }
    const T* begin() const requires within_reach { return data(); }
    const T* end() const requires within_reach { return data() + size; }
    std::span<const T> span() const {
        [[maybe_unused]] constexpr Reach reach{};
        return {data(), static_cast<std::size_t>(size)};
    }

    /// Refused where the host reads a range of elements, as sessions and steps do.
    template <class U>
        requires(!within_reach)
    operator std::span<U>() const {
        [[maybe_unused]] constexpr Reach reach{};
        return {};
    }

    /// Element at an index for each axis.   Needs: indices within the shape.
    template <class... I>
    T& operator()(I... i) {
        [[maybe_unused]] constexpr IndicesDoNotFit<Shape, rank, static_cast<int>(sizeof...(I))> fault{};
        [[maybe_unused]] constexpr Reach reach{};
        return data()[offset(i...)];
    }
    template <class... I>
    const T& operator()(I... i) const {
        [[maybe_unused]] constexpr IndicesDoNotFit<Shape, rank, static_cast<int>(sizeof...(I))> fault{};
        [[maybe_unused]] constexpr Reach reach{};
        return data()[offset(i...)];
    }
    /// The tensor as a leaf; of 16-bit floats, widened.
    constexpr auto expression() const {
        if constexpr (is_narrow<T>)
            return cast<float>(TensorLeaf<T, Shape, Place>{data()});
        else
            return TensorLeaf<T, Shape, Place>{data()};
    }

  private:
    struct Filled {};
    TensorOn(Filled, Buffer<T>&& elements) : data_(std::move(elements)) {}
    template <class From>
    static Buffer<T> copied(std::span<const From> values) {
        if (static_cast<long>(values.size()) != size)
            raise<DataError>("strata: " + std::to_string(values.size()) + " values for a tensor of " + std::to_string(size) + "; give one for each element");
        Buffer<T> all(size);
        for (long i = 0; i < size; ++i) all[i] = values[static_cast<std::size_t>(i)];
        return all;
    }
    template <class Row>
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
    template <class... I>
    static long offset(I... i) {
        long at = 0;
        if constexpr (sizeof...(I) == sizeof...(D)) ((at = at * D + static_cast<long>(i)), ...);
        return at;
    }
    Memory data_;
};

}  // namespace strata
