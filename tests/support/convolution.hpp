// SPDX-License-Identifier: BSL-1.0
/// Convolution as its definition says, in double, sample by sample: what the kernels are measured by.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace strata::test {

/// Small numbers with few bits, the same in every run.
struct Numbers {
    std::uint64_t state;
    double operator()() {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<double>(static_cast<int>((state >> 40) % 2001) - 1000) / 512.0;
    }
};

/// Calls f(sample, y index, x index, w index) for every multiply-add of convolution C; indices are row-major, [sample][row][y][x] and [f][c][ky][kx].
template <class C, class F> void each_product(int samples, F f) {
    for (int b = 0; b < samples; ++b)
        for (int o = 0; o < C::filters; ++o)
            for (int oy = 0; oy < C::out_height; ++oy)
                for (int ox = 0; ox < C::out_width; ++ox)
                    for (int c = 0; c < C::group_channels; ++c)
                        for (int ky = 0; ky < C::kernel_y; ++ky)
                            for (int kx = 0; kx < C::kernel_x; ++kx) {
                                const int iy = oy * C::stride_y + ky * C::dilation_y - C::pad_y, ix = ox * C::stride_x + kx * C::dilation_x - C::pad_x;
                                if (iy < 0 || iy >= C::height || ix < 0 || ix >= C::width) continue;
                                const int channel = o / C::group_filters * C::group_channels + c;
                                f(b, (o * C::out_height + oy) * C::out_width + ox, (channel * C::height + iy) * C::width + ix,
                                  ((o * C::group_channels + c) * C::kernel_y + ky) * C::kernel_x + kx);
                            }
}

/// Operands and results of one convolution over `samples` samples, in double.
template <class C> struct ConvolutionCase {
    static constexpr int in = C::channels * C::height * C::width, out = C::filters * C::out_height * C::out_width;
    int samples;
    std::vector<double> x, w, dy, y, dx, dw, y_scale, dx_scale, dw_scale; // scale: the sum of absolute products, for the error bound

    explicit ConvolutionCase(int n) : samples(n) {
        Numbers next{static_cast<std::uint64_t>(n * 1000 + in)};
        const auto fill = [&](std::vector<double>& v, long size, bool zero) {
            v.assign(static_cast<std::size_t>(size), 0.0);
            if (!zero)
                for (double& e : v) e = next();
        };
        fill(x, static_cast<long>(n) * in, false), fill(dy, static_cast<long>(n) * out, false), fill(w, C::weights, false);
        fill(y, static_cast<long>(n) * out, true), fill(dx, static_cast<long>(n) * in, true), fill(dw, C::weights, true);
        y_scale = y, dx_scale = dx, dw_scale = dw;
        each_product<C>(n, [&](int b, int yi, int xi, int wi) {
            const auto X = static_cast<std::size_t>(b * in + xi), Y = static_cast<std::size_t>(b * out + yi), W = static_cast<std::size_t>(wi);
            y[Y] += x[X] * w[W], y_scale[Y] += std::abs(x[X] * w[W]);
            dx[X] += dy[Y] * w[W], dx_scale[X] += std::abs(dy[Y] * w[W]);
            dw[W] += x[X] * dy[Y], dw_scale[W] += std::abs(x[X] * dy[Y]);
        });
    }
};

template <class T> bool near(double got, double want, double scale) {
    return std::abs(got - want) <= 16 * static_cast<double>(std::numeric_limits<T>::epsilon()) * (scale + 1e-30) && !std::isnan(got);
}

/// Row-major [sample][row][place] to [row][place][lane]; lanes without a sample become NaN.
template <class T, class To> void innermost(const std::vector<double>& from, int samples, int size, int capacity, To& to) {
    for (int i = 0; i < size; ++i)
        for (int b = 0; b < capacity; ++b)
            to[static_cast<std::size_t>(i) * static_cast<std::size_t>(capacity) + static_cast<std::size_t>(b)] =
                b < samples ? static_cast<T>(from[static_cast<std::size_t>(b) * static_cast<std::size_t>(size) + static_cast<std::size_t>(i)])
                            : std::numeric_limits<T>::quiet_NaN();
}

} // namespace strata::test
