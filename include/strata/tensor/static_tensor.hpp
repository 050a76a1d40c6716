// SPDX-License-Identifier: BSL-1.0
/// Tensors that hold their elements themselves: for static memory, the stack, and programs without a heap.
#pragma once

#include <strata/tensor/tensor.hpp>

namespace strata {

/// A tensor on the host whose elements are part of the object, aligned to 64 bytes; else as Tensor<T, D...>. Zeros and lists may be constant initialisers.
template <class T, int... D>
class StaticTensor : public Elements<StaticTensor<T, D...>, Host, T, D...> {
    using Base = Elements<StaticTensor, Host, T, D...>;

  public:
    using typename Base::Place;
    using typename Base::Shape;
    using Base::size;

    /// Zeros.
    constexpr StaticTensor() = default;
    /// Elements in row-major order.   Throws DataError where their number is not the shape's.
    constexpr StaticTensor(std::initializer_list<Wide<T>> values) {
        if (static_cast<long>(values.size()) != size) Base::check_count(values.size());
        T* to = elements_;
        for (const Wide<T>& x : values) *to++ = static_cast<T>(x);
    }
    template <Expression E>
        requires(!std::is_same_v<E, StaticTensor>)
    StaticTensor(const E& e) {
        *this = e;
    }
    template <Expression E>
        requires(!std::is_same_v<E, StaticTensor>)
    StaticTensor& operator=(const E& e) {
        using Fault = detail::AssignmentFault<detail::Wrapped<E>, Place, T, Shape>;
        [[maybe_unused]] constexpr Fault fault{};
        if constexpr (std::is_same_v<Fault, NoFault>) Executor<Place>::assign(detail::wrap(e), *this);
        return *this;
    }

    Host place() const { return {}; }
    constexpr T* data() { return elements_; }
    constexpr const T* data() const { return elements_; }

    using Base::operator[];
    void operator[](long) const&& = delete;  // the view would outlive the elements

  private:
    alignas(64) T elements_[static_cast<std::size_t>(size)]{};
};

}  // namespace strata
