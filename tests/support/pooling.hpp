// SPDX-License-Identifier: BSL-1.0
/// Pooling and its gradients as their definitions say, in double, with ties and NaNs: what the kernels are measured by.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "convolution.hpp"

namespace strata::test {

inline bool same(double a, double b) { return std::isnan(a) ? std::isnan(b) : std::abs(a - b) <= 1e-5 * (1 + std::abs(b)); }

/// Pooling by its definition over [sample][channel][y][x].
template <class W> struct PoolingCase {
    static constexpr int in = W::channels * W::height * W::width, out = W::channels * W::out_height * W::out_width;
    std::vector<double> x, dy, most, most_dx, mean[2], mean_dx[2]; // mean: 0 without the padding, 1 with
    explicit PoolingCase(int samples) {
        Numbers next{static_cast<std::uint64_t>(in + samples)};
        x.resize(static_cast<std::size_t>(samples * in)), dy.resize(static_cast<std::size_t>(samples * out));
        for (double& e : x) e = std::floor(4 * next()) / 4 == 0.25 ? std::numeric_limits<double>::quiet_NaN() : std::floor(next()); // few values, so that ties are common
        for (double& e : dy) e = next();
        most.resize(dy.size()), most_dx.resize(x.size());
        for (int p = 0; p < 2; ++p) mean[p].resize(dy.size()), mean_dx[p].resize(x.size());
        for (int plane = 0; plane < samples * W::channels; ++plane)
            for (int oy = 0; oy < W::out_height; ++oy)
                for (int ox = 0; ox < W::out_width; ++ox) one(plane, oy, ox);
    }
    void one(int plane, int oy, int ox) {
        const auto o = static_cast<std::size_t>((plane * W::out_height + oy) * W::out_width + ox);
        std::vector<std::size_t> held;
        for (int ky = 0; ky < W::kernel_y; ++ky)
            for (int kx = 0; kx < W::kernel_x; ++kx) {
                const int y = oy * W::stride_y + ky - W::pad_y, c = ox * W::stride_x + kx - W::pad_x;
                if (y >= 0 && y < W::height && c >= 0 && c < W::width) held.push_back(static_cast<std::size_t>((plane * W::height + y) * W::width + c));
            }
        std::size_t best = held[0];
        double sum = 0;
        for (std::size_t i : held) {
            if (!std::isnan(x[best]) && (std::isnan(x[i]) || x[i] > x[best])) best = i;
            sum += x[i];
        }
        most[o] = x[best], most_dx[best] += dy[o];
        const double elements[2] = {static_cast<double>(held.size()), W::kernel_y * W::kernel_x};
        for (int p = 0; p < 2; ++p) {
            mean[p][o] = sum / elements[p];
            for (std::size_t i : held) mean_dx[p][i] += dy[o] / elements[p];
        }
    }
};

}  // namespace strata::test
