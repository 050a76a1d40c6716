// SPDX-License-Identifier: BSL-1.0
/// Gradients of anything: a line fitted to points by gradient descent.
#include <cstdio>

#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 16, 1> x, t;
    for (int i = 0; i < 16; ++i) {
        x(i, 0) = static_cast<float>(i) / 8 - 1;
        t(i, 0) = 3 * x(i, 0) - 0.5f;
    }
    st::Tensor<float, 1, 1> slope;
    st::Tensor<float, 1> offset;
    for (int step = 0; step < 200; ++step) {
        // The derivative is derived from the expression, simplified, fused and run; no tape is kept.
        const auto [ds, doff] = st::gradient(st::mean(st::square(st::matmul(x, slope) + offset - t)), slope, offset);
        slope = slope - ds * 0.3f;
        offset = offset - doff * 0.3f;
    }
    std::printf("t = %.4f x %+.4f\n", static_cast<double>(slope(0, 0)), static_cast<double>(offset(0)));
    const float error = slope(0, 0) - 3 + offset(0) + 0.5f;
    return error < 1e-3f && error > -1e-3f ? 0 : 1;
}
