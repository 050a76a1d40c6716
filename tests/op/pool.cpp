// SPDX-License-Identifier: BSL-1.0
#include <strata/op/pool.hpp>

#include <strata/op/add.hpp>
#include <strata/op/relu.hpp>

#include "../support/check.hpp"

namespace strata::test {

using X = Leaf<float, 2, 3, 7, 6>;
static_assert(std::is_same_v<ShapeIn<decltype(max_pool2d<2>(X{}))>, Shape<2, 3, 3, 3>>);
static_assert(std::is_same_v<ShapeIn<decltype(avg_pool2d<7, 6>(X{}))>, Shape<2, 3, 1, 1>>);
static_assert(std::is_same_v<ShapeIn<decltype(max_pool2d<3, 2, Sliding<1, 1, 1, 0>>(X{}))>, Shape<2, 3, 7, 5>>);
static_assert(std::is_same_v<ShapeIn<decltype(max_pool2d<2>(Ref<Shape<batch<64>, 3, 7, 6>, float>{}))>, Shape<batch<64>, 3, 3, 3>>);
static_assert(std::is_same_v<decltype(max_pool2d<8>(X{})), Misfit<MaxPoolOp<8, 8, Sliding<8, 8>>, 8, 7, Shape<2, 3, 7, 6>>>);
static_assert(refused<decltype(avg_pool2d<2>(Leaf<float, 3, 7, 6>{}))>);

template <int K, class S>
constexpr auto maxima = [](const auto& x) { return max_pool2d<K, K, S>(x); };
template <int K, class S>
constexpr auto means = [](const auto& x) { return avg_pool2d<K, K, S>(x); };

TEST_CASE("max_pool2d: golden values and gradients") {
    const Golden golden{"ops_window.txt"};
    using Image = Shape<2, 3, 7, 6>;
    check_golden<Image>(golden, "max_pool2d.k2s2p0", [](const auto& x) { return max_pool2d<2>(x); });
    check_golden<Image>(golden, "max_pool2d.k3s2p1", maxima<3, Sliding<2, 2, 1>>);
    check_golden<Image>(golden, "max_pool2d.k3s1p1", maxima<3, Sliding<1, 1, 1>>);
}

TEST_CASE("avg_pool2d: golden values and gradients") {
    const Golden golden{"ops_window.txt"};
    using Image = Shape<2, 3, 7, 6>;
    check_golden<Image>(golden, "avg_pool2d.k2s2p0", [](const auto& x) { return avg_pool2d<2>(x); });
    check_golden<Image>(golden, "avg_pool2d.k3s2p1", means<3, Sliding<2, 2, 1>>);
    check_golden<Image>(golden, "avg_pool2d.k3s1p1", means<3, Sliding<1, 1, 1>>);
}

template <class T, class S, int B, int C, int H, int W, int KH, int KW>
void check_plain() {
    const auto x = scattered<Tensor<T, B, C, H, W>>(1);
    constexpr int OH = S::places(0, H, KH), OW = S::places(1, W, KW);
    std::vector<double> greatest, mean;
    for (int plane = 0; plane < B * C; ++plane)
        for (int oy = 0; oy < OH; ++oy)
            for (int ox = 0; ox < OW; ++ox) {
                double m = -inf, s = 0;
                for (int ky = 0; ky < KH; ++ky)
                    for (int kx = 0; kx < KW; ++kx) {
                        const int iy = oy * S::stride[0] + ky - S::pad[0], ix = ox * S::stride[1] + kx - S::pad[1];
                        if (iy < 0 || iy >= H || ix < 0 || ix >= W) continue;
                        const double v = static_cast<double>(x(plane / C, plane % C, iy, ix));
                        m = std::fmax(m, v);
                        s += v;
                    }
                greatest.push_back(m);
                mean.push_back(s / (KH * KW));
            }
    CHECK(unlike(computed(max_pool2d<KH, KW, S>(x)), greatest, 0) == "");
    CHECK(unlike(computed(avg_pool2d<KH, KW, S>(x)), mean, tolerance<T>) == "");
}

TEST_CASE("pooling: one sample, a batch beyond a vector, windows that overlap, skip or are all there is") {
    check_plain<float, Sliding<2>, 1, 1, 4, 4, 2, 2>();
    check_plain<float, Sliding<2>, 17, 3, 5, 6, 2, 2>();
    check_plain<float, Sliding<1>, 1, 3, 9, 17, 3, 2>();
    check_plain<float, Sliding<3, 2, 1, 0>, 3, 2, 8, 7, 2, 2>();
    check_plain<double, Sliding<1>, 9, 2, 4, 3, 4, 3>();
}

TEST_CASE("max_pool2d: of equal numbers the first gets the gradient; windows that overlap add theirs") {
    const auto x = Tensor<double, 1, 1, 2, 4>::full(1);
    const auto [dx] = gradient(sum(max_pool2d<2>(x)), x);
    CHECK(unlike(dx, std::vector<double>{1, 0, 1, 0, 0, 0, 0, 0}, 0) == "");
    const Tensor<double, 1, 1, 1, 5> peak{0, 1, 9, 1, 0};
    const auto [dpeak] = gradient(sum(max_pool2d<1, 3, Sliding<1>>(peak)), peak);
    CHECK(unlike(dpeak, std::vector<double>{0, 0, 3, 0, 0}, 0) == "");
}

TEST_CASE("max_pool2d: numbers below zero beside padding; what is not a number") {
    const auto x = Tensor<float, 1, 1, 3, 3>::full(-5);
    for (float v : computed(max_pool2d<3, 3, Sliding<1, 1, 1>>(x))) CHECK(v == -5);
    auto y = Tensor<float, 1, 1, 2, 4>::full(1);
    y(0, 0, 1, 1) = static_cast<float>(nan);
    const auto p = computed(max_pool2d<2>(y));
    CHECK(std::isnan(p(0, 0, 0, 0)));
    CHECK(p(0, 0, 0, 1) == 1);
}

TEST_CASE("pooling: after maps, with gradients") {
    auto x = scattered<Tensor<double, 3, 2, 4, 6>>(1);
    check_gradient([](const auto& e) { return max_pool2d<2>(relu(e * 2 + 1)); }, x);
    check_gradient([](const auto& e) { return relu(avg_pool2d<2, 3>(e * e) + 0.5); }, x);
}

}  // namespace strata::test
