// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/window.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../../support/convolution.hpp"
#include "../../support/guarded.hpp"
#include "../../support/pooling.hpp"

using namespace strata::host;
using strata::test::Guarded;

namespace {

static_assert(Window<1, 7, 9, 3, 2, 2, 3, 1, 0>::out_height == 4 && Window<1, 7, 9, 3, 2, 2, 3, 1, 0>::out_width == 3);
static_assert(Window<1, 4, 4, 2, 2>::apart && !Window<1, 4, 4, 2, 2, 1, 1>::apart && !Window<1, 4, 4, 2, 2, 2, 2, 1, 1>::apart);

using strata::test::same;
template <class W> using Reference = strata::test::PoolingCase<W>;

/// Runs all items; each element of a vector with a sample must come once and be right.
template <class T, class Kernel, bool Innermost, class... In>
void check(int channels, int places, int capacity, int count, const std::vector<double>& want, const In*... in) {
    constexpr int N = Innermost ? convolution_width<T> : 1;
    const int lanes = Innermost ? capacity : 1, rows = Innermost ? channels : count * channels, used = Innermost ? (count + N - 1) / N * N : 1;
    std::vector<T> got(static_cast<std::size_t>(rows * places * lanes));
    std::vector<int> times(got.size(), 0);
    bool aligned = true, inside = true;
    for (int i = 0; i < Kernel::items; ++i)
        Kernel::run_item(i, count, in..., [&](const T* run, int row, long column, int length) {
            aligned = aligned && reinterpret_cast<std::uintptr_t>(run) % 64 == 0 && column % N == 0 && length % N == 0;
            inside = inside && row >= 0 && row < rows && column >= 0 && length > 0 && column + length <= static_cast<long>(places) * lanes;
            for (int j = 0; inside && j < length; ++j) {
                const auto at = static_cast<std::size_t>(static_cast<long>(row) * places * lanes + column + j);
                got[at] = run[j], ++times[at];
            }
        });
    CHECK(aligned);
    CHECK(inside);
    int wrong = 0, uneven = 0;
    for (int i = 0; i < rows * places; ++i)
        for (int lane = 0; lane < lanes; ++lane) {
            const auto at = static_cast<std::size_t>(i * lanes + lane);
            if (times[at] != (lane < used ? 1 : 0)) ++uneven;
            if (lane < (Innermost ? count : 1) && !same(static_cast<double>(got[at]), want[static_cast<std::size_t>(lane * rows * places + i)])) ++wrong;
        }
    CHECK(uneven == 0);
    CHECK(wrong == 0);
}

template <class T, class W, int Capacity, bool Innermost> void all(int count, bool flush_end) {
    CAPTURE(count);
    CAPTURE(Innermost);
    const Reference<W> r(count);
    const auto size = [](std::size_t n) { return Innermost ? n * Capacity : n; };
    constexpr auto in = static_cast<std::size_t>(Reference<W>::in), out = static_cast<std::size_t>(Reference<W>::out);
    Guarded<T> x(Innermost ? size(in) : r.x.size(), flush_end), y(Innermost ? size(out) : r.dy.size(), flush_end), dy(y.size(), flush_end);
    const auto put = [&](const std::vector<double>& from, Guarded<T>& to, std::size_t each) {
        if (Innermost)
            strata::test::innermost<T>(from, count, static_cast<int>(each), Capacity, to);
        else
            for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<T>(from[i]);
    };
    put(r.x, x, in), put(r.most, y, out), put(r.dy, dy, out);
    constexpr int places = W::height * W::width, outs = W::out_height * W::out_width;
    const T *px = x.data(), *py = y.data(), *pdy = dy.data();
    check<T, MaxForward<T, W, Capacity, Innermost>, Innermost>(W::channels, outs, Capacity, count, r.most, px);
    check<T, MaxGradient<T, W, Capacity, Innermost>, Innermost>(W::channels, places, Capacity, count, r.most_dx, px, py, pdy);
    check<T, AverageForward<T, W, Capacity, Innermost>, Innermost>(W::channels, outs, Capacity, count, r.mean[1], px);
    check<T, AverageForward<T, W, Capacity, Innermost, false>, Innermost>(W::channels, outs, Capacity, count, r.mean[0], px);
    check<T, AverageGradient<T, W, Capacity, Innermost>, Innermost>(W::channels, places, Capacity, count, r.mean_dx[1], pdy);
    check<T, AverageGradient<T, W, Capacity, Innermost, false>, Innermost>(W::channels, places, Capacity, count, r.mean_dx[0], pdy);
}

template <class T, class W> void shapes() {
    constexpr int N = convolution_width<T>;
    all<T, W, 2 * N, true>(2 * N, true), all<T, W, 2 * N, true>(N + 1, false), all<T, W, 2 * N, true>(1, true);
    all<T, W, 3, false>(3, true), all<T, W, 3, false>(2, false);
}

} // namespace

TEST_CASE_TEMPLATE("pooling and its gradients equal the definition", T, float, double) {
    SUBCASE("LeNet's two") { shapes<T, Window<6, 24, 24, 2, 2>>(), shapes<T, Window<3, 8, 8, 2, 2>>(); }
    SUBCASE("rest of rows and columns") { shapes<T, Window<2, 7, 9, 2, 2>>(), shapes<T, Window<2, 8, 10, 3, 3>>(); }
    SUBCASE("overlapping") { shapes<T, Window<2, 9, 9, 3, 3, 2, 2>>(), shapes<T, Window<2, 5, 6, 3, 2, 1, 1>>(); }
    SUBCASE("padding") { shapes<T, Window<2, 9, 8, 3, 3, 2, 2, 1, 1>>(), shapes<T, Window<2, 6, 7, 2, 3, 2, 3, 1, 2>>(); }
    SUBCASE("gaps between windows") { shapes<T, Window<2, 10, 11, 2, 2, 3, 3>>(), shapes<T, Window<1, 9, 9, 1, 1, 2, 2>>(); }
    SUBCASE("whole planes and large windows") { shapes<T, Window<5, 6, 6, 6, 6>>(), shapes<T, Window<1, 20, 12, 7, 5, 2, 1, 3, 2>>(); }
}

TEST_CASE("large capacities and wide rows are taken in parts") {
    all<float, Window<1, 5, 6, 3, 3, 2, 2, 1, 1>, 2048, true>(2048, true);
    all<float, Window<1, 5, 6, 2, 2>, 2048, true>(1900, false);
    all<float, Window<1, 3, 700, 3, 3, 2, 2, 1, 1>, 32, true>(20, true);
    all<double, Window<1, 40, 700, 2, 2>, 2, false>(2, true);
    all<double, Window<1, 40, 9000, 3, 3, 1, 1, 1, 1>, 1, false>(1, true);
}
