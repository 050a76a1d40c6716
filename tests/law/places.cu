// SPDX-License-Identifier: BSL-1.0
/// What a device computes is what the host does: whole numbers, choices and random masks to the bit, sums in f32 but for how their order
/// rounds.
#include <strata/exec/cuda_expression.cuh>

#include <strata/strata.hpp>

#include "../support/check.hpp"

namespace strata::test {

template <class T, int... D>
using Home = TensorOn<Host, T, D...>;
template <class T, int... D>
TensorOn<Cuda, T, D...> there(const Home<T, D...>& x) {
    return TensorOn<Cuda, T, D...>(x);
}
template <class Place, class E>
auto result_on(const E& e) {
    return [&]<int... D>(Shape<D...>) { return TensorOn<Place, TypeIn<E>, D...>(e).to_host(); }(ShapeIn<E>{});
}
/// f of tensors on both places, to the bit.
template <class F, class... X>
void check_exactly(F f, const X&... x) {
    const auto here = result_on<Host>(f(x...));
    const auto device = result_on<Cuda>(f(there(x)...));
    long apart = 0;
    for (long i = 0; i < here.size; ++i) apart += __builtin_memcmp(here.data() + i, device.data() + i, sizeof here.data()[i]) != 0;
    CHECK(apart == 0);
}
/// f, sums of k numbers of either sign, each at most 1: what a device computes is within 1e-6 of sqrt(k), the size of such a sum, of sums in double, and within
/// `apart` of it of what the host does in f32, whose own sums of more terms one after the other are further away.
template <class F, class... X>
void check_closely(double k, double apart, F f, const X&... x) {
    const auto widened = []<int... E>(const Home<float, E...>& t) {
        Home<double, E...> wide;
        for (long i = 0; i < t.size; ++i) wide.data()[i] = static_cast<double>(t.data()[i]);
        return wide;
    };
    const auto here = result_on<Host>(f(x...));
    const auto device = result_on<Cuda>(f(there(x)...));
    const auto exact = result_on<Host>(f(widened(x)...));
    double off = 0, from_host = 0;
    for (long i = 0; i < here.size; ++i) {
        const double value = static_cast<double>(device.data()[i]);
        off = std::fmax(off, std::abs(value - exact.data()[i]));
        from_host = std::fmax(from_host, std::abs(value - static_cast<double>(here.data()[i])));
    }
    CAPTURE(k);
    CHECK(off <= 1e-6 * std::sqrt(k));
    CHECK(from_host <= apart * std::sqrt(k));
}

template <class T, int... D>
Home<T, D...> numbers(int seed) {
    Home<T, D...> t;
    for (long i = 0; i < t.size; ++i) t.data()[i] = static_cast<T>((i * 7919 + seed * 104729) % 2003 - 1001);
    return t;
}

TEST_CASE("whole numbers, comparisons, choices and places are the same to the bit") {
    const auto a = numbers<std::int32_t, 37, 45>(1), b = numbers<std::int32_t, 37, 45>(2);
    check_exactly([](const auto& x, const auto& y) { return x * y * 1000 + 3 * y - x; }, a, b);
    check_exactly([](const auto& x, const auto& y) { return maximum(x, y) - minimum(abs(x), 500); }, a, b);
    check_exactly([](const auto& x) { return sum(x, axis<0>); }, a);
    check_exactly([](const auto& x) { return sum(x); }, a);
    check_exactly([](const auto& x) { return max(x, axis<1>); }, a);
    check_exactly([](const auto& x, const auto& y) { return x < y; }, a, b);
    const auto f = scattered<Home<float, 37, 300>>(3), g = scattered<Home<float, 37, 300>>(4);
    check_exactly([](const auto& x) { return argmax(x); }, f);
    check_exactly([](const auto& x) { return argmax(x, axis<0>); }, f);
    check_exactly([](const auto& x, const auto& y) { return select(x > y, x, y); }, f, g);
    check_exactly([](const auto& x) { return max(x); }, f);
    check_exactly([](const auto& x, const auto& y) { return maximum(x, y); }, f, g);
    check_exactly([](const auto& x) { return cast<std::int32_t>(x * 1024.0); }, f);
}

TEST_CASE("a row that ties chooses its first, however many threads share it") {
    auto f = Home<float, 5, 1000>::full(1);
    for (int r = 0; r < 5; ++r) f(r, 200 * r + 77) = f(r, 999) = 2;
    check_exactly([](const auto& x) { return argmax(x); }, f);
    CHECK(result_on<Cuda>(argmax(there(f)))(3) == 677);
}

TEST_CASE("random masks are the host's") {
    const auto x = scattered<Home<float, 100, 100>>(1);
    check_exactly([](const auto& v) { return dropout(v, 0.3) != 0; }, x);
    check_exactly([](const auto& v) { return (dropout(v, 0.5) != 0) == (dropout(v, 0.5) != 0); }, x);
}

TEST_CASE("long sums") {
    const auto x = scattered<Home<float, 301, 403>>(1, -1, 1);
    check_closely(301.0 * 403, 2e-6, [](const auto& v) { return sum(v); }, x);  // measured 1.7e-6, where the host's vectors are of four
    check_closely(403, 1e-6, [](const auto& v) { return sum(v, axis<1>); }, x);
    check_closely(301, 1e-6, [](const auto& v) { return sum(v, axis<0>); }, x);
    const auto a = scattered<Home<float, 65, 1500>>(2, -1, 1);
    const auto b = scattered<Home<float, 1500, 67>>(3, -1, 1);
    check_closely(1500, 2e-6, [](const auto& p, const auto& q) { return matmul(p, q); }, a, b);  // measured 1.9e-6: the host adds 1500 terms in a row
    const auto one = scattered<Home<float, 1500, 3>>(4, -1, 1);
    check_closely(1500, 1e-6, [](const auto& p, const auto& q) { return matmul(p, q); }, a, one);
    const auto image = scattered<Home<float, 3, 16, 13, 14>>(5, -1, 1);
    const auto w = scattered<Home<float, 24, 16, 3, 3>>(6, -1, 1);
    check_closely(144, 1e-6, [](const auto& p, const auto& q) { return conv2d(p, q); }, image, w);
}

}  // namespace strata::test
