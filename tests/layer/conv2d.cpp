// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/conv2d.hpp>

#include <cmath>
#include <type_traits>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
/// The definition, with every index checked; what lies outside is 0.
template <class L, class S, class P>
void check_values(P& probe, int channels, int height, int width, int out, int kernel, const double* weight, const double* bias) {
    const auto infer = probe.infer(), train = probe.train();
    const int oh = S::places(0, height, kernel), ow = S::places(1, width, kernel), per = channels / S::groups, each = out / S::groups;
    REQUIRE(static_cast<int>(infer.size()) == P::count * out * oh * ow);
    std::size_t at = 0;
    for (int n = 0; n < P::count; ++n)
        for (int f = 0; f < out; ++f)
            for (int y = 0; y < oh; ++y)
                for (int x = 0; x < ow; ++x, ++at) {
                    double wanted = bias == nullptr ? 0 : bias[f];
                    for (int c = 0; c < per; ++c)
                        for (int ky = 0; ky < kernel; ++ky)
                            for (int kx = 0; kx < kernel; ++kx) {
                                const int iy = y * S::stride[0] - S::pad[0] + ky * S::dilation[0], ix = x * S::stride[1] - S::pad[1] + kx * S::dilation[1];
                                if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
                                const int channel = f / each * per + c;
                                wanted += probe.x[static_cast<std::size_t>(((n * channels + channel) * height + iy) * width + ix)] *
                                          weight[((f * per + c) * kernel + ky) * kernel + kx];
                            }
                    CHECK(std::abs(infer[at] - wanted) <= 1e-12);
                    CHECK(std::abs(train[at] - wanted) <= 1e-12);
                }
}
template <int Out, int Kernel, class S, class In, class Output>
void check() {
    using L = st::Conv2d<Out, Kernel, S>;
    st::test::Probe<L, In> probe;
    static_assert(std::is_same_v<typename decltype(probe)::Output, Output>);
    double* bias = probe.field("bias");
    for (int i = 0; i < Out; ++i) bias[i] = 0.25 * i - 0.5;
    check_values<L, S>(probe, st::extent<In, 0>, st::extent<In, 1>, st::extent<In, 2>, Out, Kernel, probe.field("weight"), bias);
    probe.check_gradient();
}
}  // namespace

TEST_CASE("parameters: a kernel for each filter and channel of its group, and a bias") {
    using M = st::Model<st::Conv2d<8, 3>, st::Shape<4, 9, 9>>;
    static_assert(std::is_same_v<M::Output, st::Shape<8, 7, 7>>);
    static_assert(M::cost.parameters == 8 * 4 * 9 + 8);
    static_assert(M::layout.entry[0].dims == st::Shape<8, 4, 3, 3>::dims() && M::layout.entry[1].dims.size() == 8);
    static_assert(st::Model<st::Conv2d<8, 3, st::Sliding<1, 1, 0, 0, 1, 1, 2>>, st::Shape<4, 9, 9>>::cost.parameters == 8 * 2 * 9 + 8);
}
TEST_CASE("plain") { check<3, 3, st::Sliding<>, st::Shape<2, 5, 6>, st::Shape<3, 3, 4>>(); }
TEST_CASE("padded, so that the image keeps its size") { check<3, 3, st::Sliding<1, 1, 1, 1>, st::Shape<2, 4, 5>, st::Shape<3, 4, 5>>(); }
TEST_CASE("a stride and a dilation of two") { check<2, 2, st::Sliding<2, 2, 1, 1, 2, 2>, st::Shape<2, 6, 7>, st::Shape<2, 3, 4>>(); }
TEST_CASE("a kernel of one is a product over channels") { check<4, 1, st::Sliding<>, st::Shape<3, 3, 4>, st::Shape<4, 3, 4>>(); }
TEST_CASE("in two groups") { check<4, 3, st::Sliding<1, 1, 1, 1, 1, 1, 2>, st::Shape<4, 4, 4>, st::Shape<4, 4, 4>>(); }
TEST_CASE("without bias") {
    using S = st::Sliding<1, 1, 1, 1>;
    using L = st::Conv2d<3, 3, S, st::HeNormal, st::NoBias>;
    st::test::Probe<L, st::Shape<2, 4, 5>> probe;
    static_assert(decltype(probe)::M::parts() == 3, "the probe's two and the kernel");
    check_values<L, S>(probe, 2, 4, 5, 3, 3, probe.field("weight"), nullptr);
    probe.check_gradient();
}
