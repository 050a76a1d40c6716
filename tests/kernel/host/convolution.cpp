// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/convolution.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../../support/convolution.hpp"
#include "../../support/convolution_shapes.hpp"
#include "../../support/guarded.hpp"

using strata::host::Convolution;
using strata::test::ConvolutionCase;
using strata::test::Guarded;

namespace {

static_assert(Convolution<1, 28, 28, 6, 5, 5>::out_height == 24 && Convolution<1, 28, 28, 6, 5, 5>::flops == 172800);
static_assert(Convolution<3, 224, 224, 64, 7, 7, 2, 2, 3, 3>::out_width == 112);
static_assert(Convolution<4, 9, 9, 8, 3, 3, 2, 2, 1, 1, 2, 2, 2>::out_width == 4);

/// Runs every item and checks each element against `want`, that it came once, and that vectors without a sample were left alone.
template <class T, class Kernel> void check(int rows, int places, int capacity, int count, T* in, T* w, const std::vector<double>& want,
                                            const std::vector<double>& scale, bool backwards) {
    constexpr int N = strata::host::convolution_width<T>;
    std::vector<T> got(static_cast<std::size_t>(rows * places * capacity), T(-77));
    std::vector<int> times(got.size(), 0);
    bool aligned = true, inside = true;
    for (int i = 0; i < Kernel::items; ++i)
        Kernel::run_item(backwards ? Kernel::items - 1 - i : i, count, in, w, [&](const T* run, int row, long column, int length) {
            aligned = aligned && reinterpret_cast<std::uintptr_t>(run) % 64 == 0 && column % N == 0 && length % N == 0;
            inside = inside && row >= 0 && row < rows && column >= 0 && length > 0 && column + length <= static_cast<long>(places) * capacity;
            if (!inside) return;
            for (int j = 0; j < length; ++j) {
                const auto at = static_cast<std::size_t>(static_cast<long>(row) * places * capacity + column + j);
                got[at] = run[j], ++times[at];
            }
        });
    CHECK(aligned);
    CHECK(inside);
    const int used = (count + N - 1) / N * N;
    int wrong = 0, uneven = 0;
    for (int i = 0; i < rows * places; ++i)
        for (int lane = 0; lane < capacity; ++lane) {
            const auto at = static_cast<std::size_t>(i * capacity + lane), to = static_cast<std::size_t>(lane * rows * places + i);
            if (times[at] != (lane < used ? 1 : 0)) ++uneven;
            if (lane < count && !strata::test::near<T>(static_cast<double>(got[at]), want[to], scale[to])) ++wrong;
        }
    CHECK(uneven == 0);
    CHECK(wrong == 0);
}

template <class T, class C, int Capacity> void both(int count) {
    CAPTURE(count);
    const ConvolutionCase<C> reference(count);
    for (bool flush_end : {true, false}) {
        Guarded<T> x(static_cast<std::size_t>(reference.in * Capacity), flush_end), dy(static_cast<std::size_t>(reference.out * Capacity), flush_end);
        Guarded<T> w(static_cast<std::size_t>(C::weights), flush_end);
        strata::test::innermost<T>(reference.x, count, reference.in, Capacity, x);
        strata::test::innermost<T>(reference.dy, count, reference.out, Capacity, dy);
        for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<T>(reference.w[i]);
        check<T, strata::host::ConvolutionForward<T, C, Capacity>>(C::filters, C::out_height * C::out_width, Capacity, count, x.data(), w.data(), reference.y,
                                                                   reference.y_scale, !flush_end);
        check<T, strata::host::ConvolutionDataGradient<T, C, Capacity>>(C::channels, C::height * C::width, Capacity, count, dy.data(), w.data(), reference.dx,
                                                                        reference.dx_scale, !flush_end);
    }
}

template <class T, class C> void shapes() {
    constexpr int N = strata::host::convolution_width<T>;
    both<T, C, 2 * N>(2 * N);
    both<T, C, 2 * N>(N + 1);
    both<T, C, 2 * N>(1);
}

} // namespace

TEST_CASE_TEMPLATE("forward and data gradient equal the definition", T, float, double) {
    strata::test::each_convolution([]<class C>(C) { shapes<T, C>(); });
    SUBCASE("one row") { shapes<T, Convolution<4, 1, 19, 5, 1, 3, 1, 1, 0, 1>>(); }
}

TEST_CASE("large capacities are taken in parts") {
    both<float, Convolution<2, 5, 5, 7, 3, 3, 1, 1, 1, 1>, 1024>(1024);
    both<float, Convolution<2, 5, 5, 7, 3, 3, 1, 1, 1, 1>, 1024>(700);
    both<double, Convolution<2, 5, 6, 7, 3, 3, 2, 2, 1, 1>, 1024>(1000);
}
