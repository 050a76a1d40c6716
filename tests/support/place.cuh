// SPDX-License-Identifier: BSL-1.0
/// A test's source on the place Cuda: a file x.cu includes this, then x.cpp, whose tensors, expressions and gradients are then the device's.
#pragma once

#include <strata/exec/cuda_expression.cuh>
#include <strata/exec/gradient.hpp>

#include <optional>
#include <tuple>

namespace strata::test {

/// A tensor that the test fills and reads on the host, and that expressions see on the device, as it was when they were made.
template <class T, int... D>
class Mirror : public strata::Tensor<T, D...> {
    using Here = strata::Tensor<T, D...>;
    using There = TensorOn<Cuda, T, D...>;

  public:
    using Place = Cuda;
    Mirror() = default;
    Mirror(std::initializer_list<T> values) : Here(values) {}
    explicit Mirror(std::span<const T> values) : Here(values) {}
    explicit Mirror(const There& x) : Here(x) {}
    Mirror(const Mirror& x) : Here(static_cast<const Here&>(x)) {}
    Mirror& operator=(const Mirror& x) {
        static_cast<Here&>(*this) = static_cast<const Here&>(x);
        return *this;
    }
    template <Expression E>
        requires(!std::is_base_of_v<Here, E>)
    Mirror(const E& e) : Here(There(e)) {}
    template <Expression E>
        requires(!std::is_base_of_v<Here, E>)
    Mirror& operator=(const E& e) {
        if (!there_) there_.emplace();
        *there_ = e;
        static_cast<Here&>(*this) = there_->to_host();
        return *this;
    }
    static Mirror full(T value) { return Mirror(There::full(value)); }

    TensorLeaf<T, typename Here::Shape, Cuda> expression() const {
        if (there_)
            cuda::check(cudaMemcpy(there_->data(), this->data(), static_cast<std::size_t>(Here::size) * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
        else
            there_.emplace(static_cast<const Here&>(*this));
        return there_->expression();
    }
    /// What the last expression saw.
    const There& there() const {
        if (!there_) expression();
        return *there_;
    }

  private:
    mutable std::optional<There> there_;
};
template <class T, int... D>
using Tensor = Mirror<T, D...>;

/// An object, so that no gradient of another namespace is considered.
inline constexpr struct {
    template <class T, int... D>
    static Mirror<T, D...> mirrored(const TensorOn<Cuda, T, D...>& x) {
        return Mirror<T, D...>(x);
    }
    template <class L, class... X>
    auto operator()(const L& loss, const X&... by) const {
        return std::apply([](const auto&... g) { return std::make_tuple(mirrored(g)...); }, strata::gradient(loss, by.there()...));
    }
} gradient{};

}  // namespace strata::test
