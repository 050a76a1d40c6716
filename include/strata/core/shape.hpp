// SPDX-License-Identifier: BSL-1.0
/// Shapes: compile-time extents, one of which (the first) may be a bounded batch.
#pragma once

#include <strata/core/macros.hpp>

namespace strata {

/// The largest rank of an expression.
inline constexpr int max_rank = 5;

/// A bounded batch as an extent: any count from 1 to N at run time.   `Shape<batch<64>, 784>`.
template <int N>
struct Batch {
    static_assert(N > 0, "strata: a batch holds at least one sample; write batch<1> or more");
    static constexpr int capacity = N;
    /// How a bounded extent is written inside an integer pack: as minus its capacity.
    constexpr operator int() const { return -N; }
};
template <int N>
inline constexpr Batch<N> batch{};

/// The capacity of an extent, whether it is exact or bounded.
STRATA_HD constexpr int capacity(int extent) { return extent < 0 ? -extent : extent; }

/// A shape as a value: what the constexpr passes and the shape rules compute with.
struct Dims {
    int rank = 0;
    int extent[max_rank] = {};

    constexpr int operator[](int axis) const { return extent[axis]; }
    constexpr int& operator[](int axis) { return extent[axis]; }
    /// Number of elements, a bounded extent counted by its capacity.
    constexpr long size() const {
        long n = 1;
        for (int i = 0; i < rank; ++i) n *= capacity(extent[i]);
        return n;
    }
    /// The axis for a Python-like index: -1 is the last.
    constexpr int axis(int index) const { return index < 0 ? index + rank : index; }
    constexpr bool bounded() const { return rank > 0 && extent[0] < 0; }
    friend constexpr bool operator==(const Dims& a, const Dims& b) {
        if (a.rank != b.rank) return false;
        for (int i = 0; i < a.rank; ++i)
            if (a.extent[i] != b.extent[i]) return false;
        return true;
    }
};

/// Extents of a tensor, outermost first: [batch, time, channel, height, width, feature].
template <int... D>
struct Shape {
    static_assert(sizeof...(D) <= max_rank, "strata: a shape has too many axes; merge some with Reshape");
    static constexpr int rank = sizeof...(D);
    static constexpr long size = (1L * ... * long{capacity(D)});
    static constexpr Dims dims() {
        if constexpr (rank <= max_rank)
            return Dims{rank, {D...}};
        else
            return {};  // told above
    }
};

namespace detail {
template <class S>
inline constexpr bool is_shape = false;
template <int... D>
inline constexpr bool is_shape<Shape<D...>> = true;

template <class S>
struct LastExtent;
template <int... D>
struct LastExtent<Shape<D...>> {
    static constexpr Dims dims{sizeof...(D), {D...}};
    static constexpr int value = sizeof...(D) == 0 ? 1 : dims.extent[sizeof...(D) == 0 ? 0 : sizeof...(D) - 1];
};
template <class S, int Axis>
struct ExtentAt;
template <int... D, int Axis>
struct ExtentAt<Shape<D...>, Axis> {
    static constexpr Dims dims{sizeof...(D), {D...}};
    static constexpr int value = dims.extent[Axis < 0 ? Axis + static_cast<int>(sizeof...(D)) : Axis];
};
template <class S>
struct WithoutBatch;
template <int B, int... D>
struct WithoutBatch<Shape<B, D...>> {
    using type = Shape<D...>;
};
template <class S, int B>
struct WithBatch;
template <int B, int... D>
struct WithBatch<Shape<D...>, B> {
    using type = Shape<B, D...>;
};
template <class S>
struct AtCapacity;
template <int... D>
struct AtCapacity<Shape<D...>> {
    using type = Shape<capacity(D)...>;
};
}  // namespace detail

/// The last extent of a shape: the number of features.
template <class S>
inline constexpr int last = detail::LastExtent<S>::value;
/// Extent of an axis; negative counts from the end.
template <class S, int Axis>
inline constexpr int extent = detail::ExtentAt<S, Axis>::value;
/// The shape of one sample: the first extent left out.
template <class S>
using SampleShape = typename detail::WithoutBatch<S>::type;
/// The shape of a batch of samples.
template <class S, int B>
using BatchShape = typename detail::WithBatch<S, B>::type;
/// The shape with a bounded extent written as its capacity: storage, and how messages show it.
template <class S>
using CapacityShape = typename detail::AtCapacity<S>::type;

}  // namespace strata
