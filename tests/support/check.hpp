// SPDX-License-Identifier: BSL-1.0
/// Ops held to golden numbers, to functions in double and to central differences.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <strata/exec/gradient.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/sum.hpp>

#include "golden.hpp"
#include "here.hpp"

namespace strata::test {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double inf = std::numeric_limits<double>::infinity();

/// What float and double results may differ by from what is right, as a share of the number (of a tenth, where it is smaller).
template <class T>
inline constexpr double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-12;

/// A leaf without memory: what shapes and types are asserted of. Where the test's tensors are.
template <class T, int... D>
using Leaf = TensorLeaf<T, Shape<D...>, Here>;
template <class E>
using ShapeIn = typename detail::Wrapped<E>::Shape;
template <class E>
using TypeIn = typename detail::Wrapped<E>::Type;
template <class E>
inline constexpr bool refused = detail::is_misfit<detail::Wrapped<E>>;

/// Kernels of the program that gradient(loss, w...) runs.
template <class L, class... W>
inline constexpr int gradient_kernels = Program<detail::GradientTrace<detail::Wrapped<L>, W...>>::kernels;

/// Equal: both NaN, the same infinity, or within tolerance max(|b|, 0.1).
inline bool near(double a, double b, double most) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    if (std::isinf(a) || std::isinf(b)) return a == b;
    return std::abs(a - b) <= most * std::fmax(std::abs(b), 0.1);
}
/// Empty where the tensor's elements are those wanted, else the first that is not.
template <class Tensor, class V>
std::string unlike(const Tensor& t, const V& wanted, double most) {
    if (static_cast<long>(wanted.size()) != Tensor::size) return std::to_string(Tensor::size) + " elements, wanted " + std::to_string(wanted.size());
    for (long i = 0; i < Tensor::size; ++i) {
        const double a = static_cast<double>(t.data()[i]), b = static_cast<double>(wanted[static_cast<std::size_t>(i)]);
        if (!near(a, b, most)) return "at " + std::to_string(i) + ": " + std::to_string(a) + ", wanted " + std::to_string(b) + ", off by " + std::to_string((a - b) * 1e9) + "e-9";
    }
    return {};
}

/// Numbers in [low, high), the same in every run and all different, none a multiple of 1/256.
template <class Tensor>
void scatter(Tensor& t, unsigned seed, double low = -2, double high = 2) {
    std::uint64_t state = 0x9E3779B97F4A7C15u * (seed + 1);
    for (auto& x : t) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        x = static_cast<typename Tensor::Type>(low + (high - low) * (static_cast<double>(state >> 40) + 0.37) / 16777216.0);
    }
}
template <class Tensor>
Tensor scattered(unsigned seed, double low = -2, double high = 2) {
    Tensor t;
    scatter(t, seed, low, high);
    return t;
}

/// The tensor that an expression is computed into.
template <class T, class S>
struct TensorOf;
template <class T, int... D>
struct TensorOf<T, Shape<D...>> {
    using type = Tensor<T, D...>;
};
template <class T, class S>
using TensorFor = typename TensorOf<T, S>::type;
template <class E>
using ResultOf = TensorFor<typename detail::Wrapped<E>::Type, ShapeIn<E>>;

/// The expression's elements.
template <class E>
ResultOf<E> computed(const E& e) {
    return ResultOf<E>(e);
}

/// A golden array of exactly this shape.
template <class Tensor>
Tensor golden_tensor(const Golden& golden, const std::string& name) {
    CAPTURE(name);
    const auto& shape = golden.shape(name);
    constexpr Dims dims = Tensor::Shape::dims();
    REQUIRE(static_cast<int>(shape.size()) == dims.rank);
    for (int i = 0; i < dims.rank; ++i) REQUIRE(shape[static_cast<std::size_t>(i)] == dims.extent[i]);
    Tensor t;
    const auto& values = golden.values(name);
    for (long i = 0; i < Tensor::size; ++i) t.data()[i] = static_cast<typename Tensor::Type>(values[static_cast<std::size_t>(i)]);
    return t;
}

/// gradient(sum(f(x...) dy), x...) against central differences, within 1e-6 max(1, |g|).   Needs: f smooth within 1e-4 of x.
template <class F, class DY, class... X>
void check_differences(F f, const DY& dy, const std::tuple<X...>& gradients, X&... x) {
    static_assert((std::is_same_v<typename X::Type, double> && ...), "differences are taken in double");
    constexpr double step = 1.0 / 16384;
    const auto by = [&]<class W>(W& w, const W& g) {
        for (long i = 0; i < W::size; i += stride_here(W::size, 12)) {
            const double before = w.data()[i];
            w.data()[i] = before + step;
            const auto above = computed(f(x...));
            w.data()[i] = before - step;
            const auto below = computed(f(x...));
            w.data()[i] = before;
            double slope = 0;
            for (long k = 0; k < DY::size; ++k) slope += (above.data()[k] - below.data()[k]) * dy.data()[k];
            slope /= 2 * step;
            CAPTURE(i);
            CHECK(std::abs(g.data()[i] - slope) <= 1e-6 * std::fmax(1.0, std::abs(g.data()[i])));
        }
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) { (by(x, std::get<I>(gradients)), ...); }(std::index_sequence_for<X...>{});
}

/// The gradient of f at x against central differences, for an upstream gradient of arbitrary numbers.   X: tensors of double.
template <class F, class... X>
void check_gradient(F f, X&... x) {
    const auto dy = scattered<TensorFor<double, ShapeIn<decltype(f(x...))>>>(77);
    check_differences(f, dy, gradient(sum(f(x...) * dy), x...), x...);
}

enum class Smooth { yes, no };

/// One golden case `<op>.<case>` of f in T: its value, its gradients, and in double its central differences (where it is smooth).
/// S: the shapes of its operands.   All must match exactly, but a fold may drop the axes that the golden one keeps.
template <class T, class... S, class F>
void check_golden_in(const Golden& golden, const std::string& name, F f, Smooth smooth) {
    CAPTURE(name);
    std::tuple<TensorFor<T, S>...> operands;
    int k = 0;
    std::apply([&]<class... X>(X&... x) { ((x = golden_tensor<X>(golden, name + ".x" + std::to_string(k++))), ...); }, operands);
    std::apply(
        [&](auto&... x) {
            const auto y = computed(f(x...));
            CHECK(unlike(y, golden.values(name + ".y"), tolerance<T>) == "");
            TensorFor<T, ShapeIn<decltype(f(x...))>> dy;
            const auto& upstream = golden.values(name + ".dy");
            REQUIRE(static_cast<long>(upstream.size()) == dy.size);
            for (long i = 0; i < dy.size; ++i) dy.data()[i] = static_cast<T>(upstream[static_cast<std::size_t>(i)]);
            const auto gradients = gradient(sum(f(x...) * dy), x...);
            int n = 0;
            const auto compare = [&](const auto& g) {
                const std::string of = name + ".dx" + std::to_string(n++);
                CAPTURE(of);
                CHECK(unlike(g, golden.values(of), tolerance<T>) == "");
            };
            std::apply([&](const auto&... g) { (compare(g), ...); }, gradients);
            if constexpr (std::is_same_v<T, double>)
                if (smooth == Smooth::yes) check_differences(f, dy, gradients, x...);
        },
        operands);
}
/// The same in float and in double.
template <class... S, class F>
void check_golden(const Golden& golden, const std::string& name, F f, Smooth smooth = Smooth::yes) {
    check_golden_in<float, S...>(golden, name, f, smooth);
    check_golden_in<double, S...>(golden, name, f, smooth);
}

/// f on n numbers in [low, high) against the same function in double: a vector and less, a vector, a few and a rest; on a device one, and more than a block.
template <int N, class T, class F, class R>
void check_size(F f, R reference, double low, double high) {
    CAPTURE(N);
    const auto x = scattered<Tensor<T, N>>(N, low, high);
    std::vector<double> wanted;
    for (T v : x) wanted.push_back(reference(static_cast<double>(v)));
    CHECK(unlike(computed(f(x)), wanted, tolerance<T>) == "");
}
template <class F, class R>
void check_sizes(F f, R reference, double low = -2, double high = 2) {
    using Float = std::conditional_t<on_host, std::integer_sequence<int, 1, 7, 16, 33>, std::integer_sequence<int, 1, 300>>;
    using Double = std::conditional_t<on_host, std::integer_sequence<int, 3, 15, 100>, std::integer_sequence<int, 33>>;
    [&]<int... N>(std::integer_sequence<int, N...>) { (check_size<N, float>(f, reference, low, high), ...); }(Float{});
    [&]<int... N>(std::integer_sequence<int, N...>) { (check_size<N, double>(f, reference, low, high), ...); }(Double{});
}
/// The same for two operands of equal shape.
template <int N, class T, class F, class R>
void check_size_of_two(F f, R reference, double low, double high) {
    CAPTURE(N);
    const auto a = scattered<Tensor<T, N>>(N, low, high), b = scattered<Tensor<T, N>>(N + 1000, low, high);
    std::vector<double> wanted;
    for (int i = 0; i < N; ++i) wanted.push_back(reference(static_cast<double>(a(i)), static_cast<double>(b(i))));
    CHECK(unlike(computed(f(a, b)), wanted, tolerance<T>) == "");
}
template <class F, class R>
void check_sizes_of_two(F f, R reference, double low = -2, double high = 2) {
    using Float = std::conditional_t<on_host, std::integer_sequence<int, 1, 15, 33>, std::integer_sequence<int, 300>>;
    using Double = std::conditional_t<on_host, std::integer_sequence<int, 3, 17>, std::integer_sequence<int, 33>>;
    [&]<int... N>(std::integer_sequence<int, N...>) { (check_size_of_two<N, float>(f, reference, low, high), ...); }(Float{});
    [&]<int... N>(std::integer_sequence<int, N...>) { (check_size_of_two<N, double>(f, reference, low, high), ...); }(Double{});
}
/// The results of f on special numbers, in float and double.   Pairs: x, then f(x).
template <class F>
void check_special(F f, std::initializer_list<std::pair<double, double>> pairs) {
    const auto in = [&]<class T>(T) {
        for (const auto& pair : pairs) {
            const double x = pair.first, y = pair.second;  // clang 14 has no lambdas over bindings
            CAPTURE(x);
            // 19 of them, so that vectors and the rest are met.
            const auto all = Tensor<T, 19>::full(static_cast<T>(x));
            const auto result = computed(f(all));
            CHECK(unlike(result, std::vector<double>(19, y), tolerance<T>) == "");
        }
    };
    in(float{});
    in(double{});
}

}  // namespace strata::test
