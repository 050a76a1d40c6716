// SPDX-License-Identifier: BSL-1.0
#include <strata/op/conv2d.hpp>

#include <strata/op/add.hpp>
#include <strata/op/relu.hpp>
#include <strata/op/tanh.hpp>

#include "../support/check.hpp"

namespace strata::test {

using X = Leaf<float, 2, 4, 7, 6>;
static_assert(std::is_same_v<ShapeIn<decltype(conv2d(X{}, Leaf<float, 8, 4, 3, 3>{}))>, Shape<2, 8, 5, 4>>);
static_assert(std::is_same_v<ShapeIn<decltype(conv2d<Sliding<1, 1, 1>>(X{}, Leaf<float, 8, 4, 3, 3>{}))>, Shape<2, 8, 7, 6>>);
static_assert(std::is_same_v<ShapeIn<decltype(conv2d<Sliding<2, 2, 0, 0, 2, 2>>(X{}, Leaf<float, 8, 4, 3, 2>{}))>, Shape<2, 8, 2, 2>>);
static_assert(std::is_same_v<ShapeIn<decltype(conv2d<Sliding<1, 1, 0, 0, 1, 1, 2>>(X{}, Leaf<float, 6, 2, 1, 1>{}))>, Shape<2, 6, 7, 6>>);
static_assert(std::is_same_v<ShapeIn<decltype(conv2d(Ref<Shape<batch<64>, 4, 7, 6>, float>{}, Leaf<float, 8, 4, 3, 3>{}))>, Shape<batch<64>, 8, 5, 4>>);
static_assert(std::is_same_v<decltype(conv2d(X{}, Leaf<float, 8, 3, 3, 3>{})), Misfit<Conv2dOp<Sliding<>>, 3, 4, Shape<2, 4, 7, 6>, Shape<8, 3, 3, 3>>>);
static_assert(refused<decltype(conv2d(X{}, Leaf<float, 8, 4, 3>{}))> && refused<decltype(conv2d(Leaf<float, 4, 7, 6>{}, Leaf<float, 8, 4, 3, 3>{}))>);
static_assert(refused<decltype(conv2d(X{}, Leaf<float, 8, 4, 3, 7>{}))>, "a window is no larger than the image");
static_assert(refused<decltype(conv2d<Sliding<1, 1, 0, 0, 4, 4>>(X{}, Leaf<float, 8, 4, 3, 3>{}))>, "and neither is what dilation makes of it");
static_assert(refused<decltype(conv2d<Sliding<1, 1, 0, 0, 1, 1, 2>>(X{}, Leaf<float, 5, 2, 1, 1>{}))>, "groups divide the channels of the result");

static_assert(plan_of<decltype(conv2d(X{}, Leaf<float, 8, 4, 3, 3>{}))>.kernels == 1);
static_assert(plan_of<decltype(relu(conv2d(X{}, Leaf<float, 8, 4, 3, 3>{}) + Leaf<float, 8, 1, 1>{}))>.kernels == 1, "bias and activation are its epilogue");

template <class S>
constexpr auto sliding = [](const auto& x, const auto& w) { return conv2d<S>(x, w); };

TEST_CASE("conv2d: golden values and gradients: padding, stride, groups") {
    const Golden golden{"ops_conv.txt"};
    using Image = Shape<3, 4, 7, 6>;
    using Window = Shape<4, 4, 3, 3>;
    check_golden<Image, Window>(golden, "conv2d.k33_s1_p0_d1_g1", sliding<Sliding<>>);
    check_golden<Image, Window>(golden, "conv2d.k33_s1_p1_d1_g1", sliding<Sliding<1, 1, 1>>);
    check_golden<Image, Window>(golden, "conv2d.k33_s2_p0_d1_g1", sliding<Sliding<2>>);
    check_golden<Image, Window>(golden, "conv2d.k33_s2_p1_d1_g1", sliding<Sliding<2, 2, 1>>);
    check_golden<Image, Shape<4, 2, 3, 3>>(golden, "conv2d.k33_s1_p1_d1_g2", sliding<Sliding<1, 1, 1, 1, 1, 1, 2>>);
}

TEST_CASE("conv2d: golden values and gradients: dilation, depthwise, windows of other extents") {
    const Golden golden{"ops_conv.txt"};
    using Image = Shape<2, 4, 6, 5>;
    check_golden<Image, Shape<4, 4, 3, 3>>(golden, "conv2d.k33_s1_p1_d2_g1_small", sliding<Sliding<1, 1, 1, 1, 2>>);
    check_golden<Image, Shape<4, 2, 3, 2>>(golden, "conv2d.k32_s2_p1_d2_g2_small", sliding<Sliding<2, 2, 1, 1, 2, 2, 2>>);
    check_golden<Image, Shape<4, 1, 3, 3>>(golden, "conv2d.k33_s1_p1_d1_g4_small", sliding<Sliding<1, 1, 1, 1, 1, 1, 4>>);
    check_golden<Image, Shape<4, 4, 1, 1>>(golden, "conv2d.k11_s1_p0_d1_g1_small", sliding<Sliding<>>);
    check_golden<Image, Shape<4, 4, 2, 3>>(golden, "conv2d.k23_s1_p0_d1_g1_small", sliding<Sliding<>>);
    check_golden<Image, Shape<4, 2, 3, 3>>(golden, "conv2d.k33_s2_p1_d1_g2_small", sliding<Sliding<2, 2, 1, 1, 1, 1, 2>>);
}

template <class T, class S, int B, int C, int H, int W, int F, int KH, int KW>
void check_plain() {
    const auto x = scattered<Tensor<T, B, C, H, W>>(1);
    const auto w = scattered<Tensor<T, F, C, KH, KW>>(2);
    const auto y = computed(conv2d<S>(x, w));
    constexpr int OH = S::places(0, H, KH), OW = S::places(1, W, KW);
    static_assert(std::is_same_v<decltype(y), const Tensor<T, B, F, OH, OW>>);
    std::vector<double> wanted;
    for (int b = 0; b < B; ++b)
        for (int f = 0; f < F; ++f)
            for (int oy = 0; oy < OH; ++oy)
                for (int ox = 0; ox < OW; ++ox) {
                    double s = 0;
                    for (int c = 0; c < C; ++c)
                        for (int ky = 0; ky < KH; ++ky)
                            for (int kx = 0; kx < KW; ++kx) {
                                const int iy = oy * S::stride[0] + ky * S::dilation[0] - S::pad[0];
                                const int ix = ox * S::stride[1] + kx * S::dilation[1] - S::pad[1];
                                if (iy >= 0 && iy < H && ix >= 0 && ix < W) s += static_cast<double>(x(b, c, iy, ix)) * static_cast<double>(w(f, c, ky, kx));
                            }
                    wanted.push_back(s);
                }
    CHECK(unlike(y, wanted, 30 * tolerance<T>) == "");
}

TEST_CASE("conv2d: one sample, a batch beyond a vector, extents of one, unequal strides and paddings") {
    check_plain<float, Sliding<>, 1, 1, 5, 5, 1, 3, 3>();
    check_plain<float, Sliding<1, 1, 1>, 1, 3, 9, 17, 5, 3, 3>();
    check_plain<float, Sliding<>, 17, 3, 5, 4, 7, 2, 2>();
    check_plain<float, Sliding<1, 2, 2, 0>, 3, 2, 5, 7, 3, 3, 2>();
    check_plain<double, Sliding<2, 1, 0, 1, 1, 2>, 9, 2, 7, 6, 3, 3, 2>();
    check_plain<double, Sliding<>, 2, 3, 1, 1, 5, 1, 1>();
}

TEST_CASE("conv2d: beside a value of fewer extents that a broadcast shows in full") {
    const auto x = scattered<Tensor<double, 3, 1, 4, 5>>(1);
    const auto w = scattered<Tensor<double, 2, 1, 1, 1>>(2);
    const auto y = computed(broadcast<Shape<3, 2, 4, 5>>(sum_keep(x, axis<0>)) + conv2d(x, w));
    for (int b = 0; b < 3; ++b)
        for (int c = 0; c < 2; ++c)
            for (int i = 0; i < 4; ++i)
                for (int k = 0; k < 5; ++k) CHECK(near(y(b, c, i, k), x(0, 0, i, k) + x(1, 0, i, k) + x(2, 0, i, k) + x(b, 0, i, k) * w(c, 0, 0, 0), 1e-12));
}

TEST_CASE("conv2d: bias and activation in one kernel, with gradients") {
    auto x = scattered<Tensor<double, 2, 3, 5, 4>>(1);
    auto w = scattered<Tensor<double, 4, 3, 3, 3>>(2);
    auto b = scattered<Tensor<double, 4, 1, 1>>(3);
    const auto layer = [](const auto& e, const auto& v, const auto& c) { return relu(conv2d<Sliding<1, 1, 1>>(e, v) + c); };
    check_gradient(layer, x, w, b);
}

TEST_CASE("conv2d: weights that are computed or serve twice get their own gradient") {
    auto x = scattered<Tensor<double, 3, 2, 3, 4>>(1);
    auto w = scattered<Tensor<double, 2, 2, 3, 3>>(2);
    using Same = Sliding<1, 1, 1>;
    auto s = scattered<Tensor<double, 2, 1, 1>>(3);  // one for each channel of an image, so of a filter
    check_gradient([&](const auto& v) { return conv2d<Same>(x, v * 0.5); }, w);
    check_gradient([&](const auto& v) { return conv2d<Same>(x, tanh(v)); }, w);
    check_gradient([](const auto& e, const auto& v) { return conv2d<Same>(tanh(conv2d<Same>(e, v)), v); }, x, w);
    check_gradient([&](const auto& v) { return conv2d<Same>(x, v) * conv2d<Same>(tanh(x), v); }, w);
    check_gradient([&](const auto& v) { return conv2d<Same>(x, v * s); }, w);
}

}  // namespace strata::test
