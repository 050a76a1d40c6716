// SPDX-License-Identifier: BSL-1.0
/// Tensors: elements of a compile-time shape in memory of their own.
#pragma once

#include <initializer_list>
#include <span>

#include <strata/core/error.hpp>
#include <strata/device/buffer.hpp>
#include <strata/expr/expression.hpp>
#include <strata/tensor/assign.hpp>

namespace strata {

/// A tensor in an expression: its memory, its shape in the type.
template <class T, class S>
struct TensorLeaf {
    using ExpressionTag = void;
    using Shape = S;
    using Type = T;
    const T* data = nullptr;
};

/// The indices of an element are as many as its tensor has axes.
template <class Shape, int Axes, int Indices>
struct IndicesDoNotFit {
    static_assert(Axes == Indices, "strata: a tensor's element takes one index for each axis; the shape and the two numbers are named here");
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
template <class E, class T, class S>
constexpr auto assignment_fault() {
    if constexpr (is_misfit<E>)
        return Report<E, InAssignment>{};
    else if constexpr (!std::is_same_v<CapacityShape<typename E::Shape>, S>)
        return Chosen<AssignedShapesDiffer<CapacityShape<typename E::Shape>, S>>{};
    else if constexpr (!std::is_same_v<typename E::Type, T> && !(std::is_same_v<typename E::Type, Weak> && std::is_floating_point_v<T>))
        return Chosen<AssignedTypesDiffer<typename E::Type, T>>{};
    else
        return Chosen<NoFault>{};
}
/// The report of what is wrong with assigning E to a tensor, or NoFault.
template <class E, class T, class S>
using AssignmentFault = typename decltype(assignment_fault<E, T, S>())::type;
}  // namespace detail

/// Row-major elements of type T on the heap of a place; an rvalue expression assigned to it runs as fused kernels.
template <class Place, class T, int... D>
class TensorOn {
  public:
    static_assert(((D > 0) && ...), "strata: a tensor's extents are at least 1; a batch of bounded size belongs to models");
    using ExpressionTag = void;
    using Shape = strata::Shape<D...>;
    using Type = T;
    static constexpr long size = Shape::size;
    static constexpr int rank = Shape::rank;

    /// Zeros.
    TensorOn() : data_(size) {}
    /// Every element `value`.
    static TensorOn full(T value) {
        TensorOn t;
        for (T& x : t) x = value;
        return t;
    }
    /// Elements in row-major order.   Throws DataError where their number is not the shape's.
    TensorOn(std::initializer_list<T> values) : TensorOn(std::span<const T>(values.begin(), values.size())) {}
    explicit TensorOn(std::span<const T> values) : data_(size) {
        if (static_cast<long>(values.size()) != size)
            raise<DataError>("strata: " + std::to_string(values.size()) + " values for a tensor of " + std::to_string(size) + "; give one for each element");
        for (long i = 0; i < size; ++i) data_[i] = values[static_cast<std::size_t>(i)];
    }
    /// Computes an expression of the same shape.   (Not by way of operator=: a compiler's message would be the longer for it.)
    template <Expression E>
        requires(!std::is_same_v<E, TensorOn>)
    TensorOn(const E& e) : data_(size) {
        using Fault = detail::AssignmentFault<detail::Wrapped<E>, T, Shape>;
        [[maybe_unused]] constexpr Fault fault{};
        if constexpr (std::is_same_v<Fault, NoFault>) Executor<Place>::assign(detail::wrap(e), *this);
    }
    template <Expression E>
        requires(!std::is_same_v<E, TensorOn>)
    TensorOn& operator=(const E& e) {
        using Fault = detail::AssignmentFault<detail::Wrapped<E>, T, Shape>;
        [[maybe_unused]] constexpr Fault fault{};
        if constexpr (std::is_same_v<Fault, NoFault>) Executor<Place>::assign(detail::wrap(e), *this);
        return *this;
    }

    T* data() { return data_.data(); }
    const T* data() const { return data_.data(); }
    T* begin() { return data(); }
    T* end() { return data() + size; }
    const T* begin() const { return data(); }
    const T* end() const { return data() + size; }
    std::span<const T> span() const { return {data(), static_cast<std::size_t>(size)}; }

    /// Element at an index for each axis.   Needs: indices within the shape.
    template <class... I>
    T& operator()(I... i) {
        [[maybe_unused]] constexpr IndicesDoNotFit<Shape, rank, static_cast<int>(sizeof...(I))> fault{};
        return data()[offset(i...)];
    }
    template <class... I>
    const T& operator()(I... i) const {
        [[maybe_unused]] constexpr IndicesDoNotFit<Shape, rank, static_cast<int>(sizeof...(I))> fault{};
        return data()[offset(i...)];
    }
    constexpr auto expression() const { return TensorLeaf<T, Shape>{data()}; }

  private:
    template <class... I>
    static long offset(I... i) {
        long at = 0;
        if constexpr (sizeof...(I) == sizeof...(D)) ((at = at * D + static_cast<long>(i)), ...);
        return at;
    }
    Buffer<T> data_;
};

/// A tensor on the host.
template <class T, int... D>
using Tensor = TensorOn<Host, T, D...>;

}  // namespace strata
