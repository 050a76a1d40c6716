// SPDX-License-Identifier: BSL-1.0
/// Elementary functions on 4096 floats in L1: for each the C library in a plain loop first, then ours. Counter: elements a second.
#include <strata/kernel/host/simd.hpp>

#include <cmath>
#include <cstdlib>
#include <vector>

#include <benchmark/benchmark.h>

namespace math = strata::math;
using namespace strata::host;

static constexpr int count = 4096, w = native_width<float>;

/// Runs f on whole arrays, having checked it against `reference` once.
template <class F, class R>
static void over_array(benchmark::State& state, F f, R reference, float low, float high) {
    std::vector<float> x(count), y(count);
    for (int i = 0; i < count; ++i) x[static_cast<std::size_t>(i)] = low + (high - low) * static_cast<float>(i * 1237 % count) / count;
    f(x.data(), y.data());
    for (std::size_t i = 0; i < count; ++i)
        if (!(std::fabs(y[i] - reference(static_cast<double>(x[i]))) <= 1e-6 * std::fmax(1.0, std::fabs(reference(static_cast<double>(x[i])))))) std::abort();
    for (auto _ : state) {
        f(x.data(), y.data());
        benchmark::DoNotOptimize(y.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * count);
    state.SetBytesProcessed(state.iterations() * count * 8);
}

template <class F>
static auto each(F f) {
    return [f](const float* x, float* y) {
        for (int i = 0; i < count; ++i) y[i] = f(x[i]);
    };
}
template <class F>
static auto packs(F f) {
    return [f](const float* x, float* y) {
        for (int i = 0; i < count; i += w) store(y + i, f(load<float, w>(x + i)));
    };
}

#define PAIR(name, formula, reference, low, high)                                                                                                           \
    static void name##_library(benchmark::State& state) { over_array(state, each([](float x) { return static_cast<float>(reference); }), [](double x) { return reference; }, low, high); } \
    static void name##_ours(benchmark::State& state) { over_array(state, packs([](auto x) { return formula; }), [](double x) { return reference; }, low, high); }                          \
    BENCHMARK(name##_library);                                                                                                                              \
    BENCHMARK(name##_ours)

PAIR(relu, math::max(x * 0.5f + 1.f, 0.f), (x * decltype(x)(0.5) + 1 > 0 ? x * decltype(x)(0.5) + 1 : decltype(x)(0)), -4, 4);
PAIR(exp, math::exp(x), std::exp(x), -10, 10);
PAIR(log, math::log(x), std::log(x), 0.01f, 100);
PAIR(tanh, math::tanh(x), std::tanh(x), -4, 4);
PAIR(sigmoid, math::sigmoid(x), 1 / (1 + std::exp(-x)), -10, 10);
PAIR(erf, math::erf(x), std::erf(x), -3, 3);
PAIR(normal_cdf, math::normal_cdf(x), 0.5f * std::erfc(x * decltype(x)(-0.70710678f)), -3, 3);
PAIR(rsqrt, math::rsqrt(x), 1 / std::sqrt(x), 0.01f, 100);
PAIR(pow, math::pow(x, 1.7f), std::pow(x, decltype(x)(1.7f)), 0.01f, 10);
