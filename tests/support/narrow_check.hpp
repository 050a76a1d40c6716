// SPDX-License-Identifier: BSL-1.0
/// Expressions of 16-bit tensors held to double: what is read is exact, what is computed is f32, what is stored is rounded once.
#pragma once

#include "check.hpp"
#include "narrow.hpp"

namespace strata::test {

/// What rounding to T changes at most, as a share of a number.
template <class T>
inline constexpr double half_step = is_narrow<T> ? std::is_same_v<T, bf16> ? 0x1p-8 : 0x1p-11 : 0;

/// Numbers that H holds, as H and as double.
template <class H, class S>
struct Both {
    TensorFor<H, S> narrow;
    TensorFor<double, S> wide;
    Both(unsigned seed, double low, double high) {
        const auto x = scattered<strata::Tensor<float, S::size>>(seed, low, high);
        for (long i = 0; i < S::size; ++i) {
            narrow.data()[i] = x.data()[i];
            wide.data()[i] = static_cast<double>(static_cast<float>(narrow.data()[i]));
        }
    }
};
/// Every element of `stored` is a number that H holds, within half a step, and `most` before that, of what is wanted.
template <class H, class T, class W>
void check_stored(const char* name, const T& stored, const W& wanted, double most) {
    for (long i = 0; i < T::size; ++i) {
        const double y = stored.data()[i], w = wanted.data()[i];
        if (!(std::abs(y - w) <= (half_step<H> + most) * std::fmax(std::abs(w), 0.1))) FAIL(name << " at " << i << ": " << y << ", wanted " << w);
    }
}
/// f computed from H, as f32 (within `most`) and stored as H, against f in double; and, where f is differentiable, its gradients by H.
template <class H, class... S, class F>
void check_narrow(const char* name, F f, double most = 1e-5, double low = -2, double high = 2) {
    CAPTURE(name);
    const std::tuple<Both<H, S>...> all{Both<H, S>(static_cast<unsigned>(sizeof...(S) + S::size), low, high)...};
    std::apply(
        [&](const auto&... x) {
            const auto exact = computed(f(x.wide...));
            using Y = decltype(exact);
            const TensorFor<float, typename Y::Shape> wide = f(x.narrow...);
            CHECK(unlike(wide, exact.span(), most) == "");
            const TensorFor<H, typename Y::Shape> stored = f(x.narrow...);
            check_stored<H>(name, stored, exact, most);
        },
        all);
}
template <class H, class... S, class F>
void check_narrow_gradients(const char* name, F f, double most = 1e-5) {
    CAPTURE(name);
    const std::tuple<Both<H, S>...> all{Both<H, S>(static_cast<unsigned>(sizeof...(S) + S::size), -2, 2)...};
    std::apply(
        [&](const auto&... x) {
            const auto narrow = gradient(f(x.narrow...), x.narrow...);
            const auto exact = gradient(f(x.wide...), x.wide...);
            static_assert((std::is_same_v<typename std::remove_cvref_t<decltype(x.narrow)>::Type, H> && ...));
            [&]<std::size_t... I>(std::index_sequence<I...>) { (check_stored<H>(name, std::get<I>(narrow), std::get<I>(exact), most), ...); }(std::index_sequence_for<S...>{});
        },
        all);
}

}  // namespace strata::test
