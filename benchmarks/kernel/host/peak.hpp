// SPDX-License-Identifier: BSL-1.0
/// What this core's multiply-adds give at the most: the measure of every benchmark of kernels.
#pragma once

#include <algorithm>
#include <chrono>

#include <strata/kernel/host/correlate.hpp>

namespace baseline {

inline constexpr int peak_width = strata::host::convolution_width<float>, peak_sums = strata::host::convolution_registers >= 32 ? 24 : 12, peak_turns = 100000;
inline constexpr double peak_operations = 2.0 * peak_sums * peak_width * peak_turns;

/// Independent sums in registers, peak_operations of them.
[[gnu::noinline]] inline void multiply_adds() {
    using V = strata::host::Lanes<float, peak_width>::Type;
    V sum[peak_sums] = {}, x = V{} + 0.999f, y = V{} + 1e-3f;
    asm volatile("" : "+x"(x), "+x"(y));
    for (int i = 0; i < peak_turns; ++i) {
#pragma GCC unroll 24
        for (int j = 0; j < peak_sums; ++j) sum[j] = sum[j] * x + y;
#pragma GCC unroll 24
        for (int j = 0; j < peak_sums; ++j) asm volatile("" : "+x"(sum[j]));
    }
}

/// Multiply-add peak in FLOP/s, best of several rounds.
inline double peak() {
    double best = 0;
    for (int round = 0; round < 15; ++round) {
        const auto start = std::chrono::steady_clock::now();
        multiply_adds();
        best = std::max(best, peak_operations / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

}  // namespace baseline
