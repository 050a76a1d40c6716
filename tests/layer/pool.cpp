// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/pool.hpp>

#include <cmath>
#include <limits>
#include <type_traits>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
/// The definition over [3, 2, height, width]; padding is -inf for the maximum and counts as 0 in the mean.
template <class L, int Kernel, class S, int Height, int Width>
void check(bool largest) {
    st::test::Probe<L, st::Shape<2, Height, Width>> probe;
    constexpr int oh = S::places(0, Height, Kernel), ow = S::places(1, Width, Kernel);
    static_assert(std::is_same_v<typename decltype(probe)::Output, st::Shape<2, oh, ow>>);
    const auto infer = probe.infer(), train = probe.train();
    std::size_t at = 0;
    for (int plane = 0; plane < probe.count * 2; ++plane)
        for (int y = 0; y < oh; ++y)
            for (int x = 0; x < ow; ++x, ++at) {
                double top = -std::numeric_limits<double>::infinity(), total = 0;
                for (int ky = 0; ky < Kernel; ++ky)
                    for (int kx = 0; kx < Kernel; ++kx) {
                        const int iy = y * S::stride[0] - S::pad[0] + ky, ix = x * S::stride[1] - S::pad[1] + kx;
                        if (iy < 0 || iy >= Height || ix < 0 || ix >= Width) continue;
                        const double v = probe.x[static_cast<std::size_t>((plane * Height + iy) * Width + ix)];
                        top = std::max(top, v);
                        total += v;
                    }
                const double wanted = largest ? top : total / (Kernel * Kernel);
                CHECK(std::abs(infer[at] - wanted) <= 1e-14);
                CHECK(std::abs(train[at] - wanted) <= 1e-14);
            }
    probe.check_gradient();
}
}  // namespace

TEST_CASE("the largest of windows side by side") { check<st::MaxPool2d<2>, 2, st::Sliding<2>, 4, 6>(true); }
TEST_CASE("a last row and column that fill no window are left out") { check<st::MaxPool2d<2>, 2, st::Sliding<2>, 5, 7>(true); }
TEST_CASE("windows that overlap") { check<st::MaxPool2d<3, st::Sliding<1>>, 3, st::Sliding<1>, 5, 6>(true); }
TEST_CASE("windows that overlap and reach over the rim") {
    check<st::MaxPool2d<3, st::Sliding<2, 2, 1, 1>>, 3, st::Sliding<2, 2, 1, 1>, 6, 7>(true);
}
TEST_CASE("means of windows side by side") { check<st::AvgPool2d<2>, 2, st::Sliding<2>, 4, 6>(false); }
TEST_CASE("means of windows that overlap and reach over the rim") {
    check<st::AvgPool2d<3, st::Sliding<2, 2, 1, 1>>, 3, st::Sliding<2, 2, 1, 1>, 5, 6>(false);
}
TEST_CASE("the mean of each channel") {
    st::test::Probe<st::GlobalAvgPool, st::Shape<5, 3, 4>> probe;
    static_assert(std::is_same_v<decltype(probe)::Output, st::Shape<5>>);
    const auto infer = probe.infer(), train = probe.train();
    for (std::size_t plane = 0; plane < infer.size(); ++plane) {
        double total = 0;
        for (std::size_t i = 0; i < 12; ++i) total += probe.x[12 * plane + i];
        CHECK(std::abs(infer[plane] - total / 12) <= 1e-14);
        CHECK(std::abs(train[plane] - total / 12) <= 1e-14);
    }
    probe.check_gradient();
}
