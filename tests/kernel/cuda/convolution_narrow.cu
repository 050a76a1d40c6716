// SPDX-License-Identifier: BSL-1.0
// Convolutions of 16-bit operands and in tf32, on tensor cores: all three roles held to sums in double of the very numbers that lie in memory.
#include <strata/kernel/cuda/convolution.cuh>

#include <doctest/doctest.h>

#include <strata/kernel/host/convolution.hpp>
#include <strata/op.hpp>

#include "../../support/convolution.hpp"
#include "../../support/product.cuh"
#include "../../support/steps.hpp"

namespace strata::test {
namespace {

/// A program whose convolutions of f32 are asked for in tf32.
template <class F, int Capacity, class... I>
struct Asked : Traced<F, float, Capacity, true, I...> {
    static constexpr Policy policy = [] {
        Policy p = PolicyOn<Cuda, float>::value;
        p.multiply = Multiply::tf32;
        return p;
    }();
};
/// y of x and w; the gradients by x and w of another dy.
template <class S>
struct Roles {
    constexpr auto operator()(auto a, auto b, auto c) const {
        const auto x = cast<float>(a);
        const auto w = cast<float>(b);
        const auto dy = cast<float>(c);
        return results(conv2d<S>(x, w), apply<Conv2dDataOp<S>>(dy, w, x), apply<Conv2dWeightOp<S>>(x, dy, w));
    }
};
/// Convolutions of a program that such units multiply.
template <class Step, cuda::Units U>
constexpr int convolves_by = 0;
template <class R, class Of, Convolve Role, int N, int U, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int G, class O, class A, cuda::Units By>
constexpr int convolves_by<ConvolutionStep<R, Of, Role, N, U, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, G, O, A>, By> =
    cuda::KernelFor<ConvolutionStep<R, Of, Role, N, U, false, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, G, O, A>>::Product::units == By ? 1 : 0;
template <class P, cuda::Units By>
constexpr int convolutions_by = []<int... S>(std::integer_sequence<int, S...>) { return (convolves_by<typename P::template StepType<S>, By> + ... + 0); }(std::make_integer_sequence<int, P::kernels>{});

/// The largest error of any result over the size of its terms.
template <class T, class S, class C, int Capacity>
double convolution_error(int count) {
    constexpr int fo = C::filters, oh = C::out_height, ow = C::out_width;
    using P = Program<Asked<Roles<S>, Capacity, In<T, -Capacity, C::channels, C::height, C::width>, In<T, fo, C::group_channels, C::kernel_y, C::kernel_x>, In<T, -Capacity, fo, oh, ow>>>;
    static_assert(convolutions_by<P, std::is_same_v<T, float> ? cuda::Units::tf32 : cuda::Units::half> == 3);
    constexpr long in = long{C::channels} * C::height * C::width, out = long{fo} * oh * ow;
    const Sample<T> x(Capacity * in, 1), w(C::weights, 2), dy(Capacity * out, 3);
    std::vector<float> y(static_cast<std::size_t>(Capacity * out), NAN), dx(static_cast<std::size_t>(Capacity * in), NAN), dw(static_cast<std::size_t>(C::weights), NAN);
    Bindings n;
    n.input[0] = x.stored.data(), n.input[1] = w.stored.data(), n.input[2] = dy.stored.data();
    n.output[0] = y.data(), n.output[1] = dx.data(), n.output[2] = dw.data();
    Runner<Cuda, P> runner;
    runner.run(Run{count, 0, 0, nullptr}, n);
    std::vector<double> sum[3], size[3];
    const std::vector<float>* got[3] = {&y, &dx, &dw};
    const long results[3] = {count * out, count * in, C::weights};
    for (int r = 0; r < 3; ++r) sum[r].assign(static_cast<std::size_t>(results[r]), 0), size[r].assign(static_cast<std::size_t>(results[r]), 1e-30);
    each_product<C>(count, [&](int b, int yi, int xi, int wi) {
        const auto X = static_cast<std::size_t>(b * in + xi), Y = static_cast<std::size_t>(b * out + yi), W = static_cast<std::size_t>(wi);
        const double t[3] = {x.worth[X] * w.worth[W], dy.worth[Y] * w.worth[W], x.worth[X] * dy.worth[Y]};
        const std::size_t at[3] = {Y, X, W};
        for (int r = 0; r < 3; ++r) sum[r][at[r]] += t[r], size[r][at[r]] += std::abs(t[r]);
    });
    double worst = 0;
    for (int r = 0; r < 3; ++r)
        for (long e = 0; e < results[r]; ++e) {
            const auto at = static_cast<std::size_t>(e);
            const double off = std::abs(static_cast<double>((*got[r])[at]) - sum[r][at]) / size[r][at];
            worst = off <= worst ? worst : std::isnan(off) ? 1e9 : off;
        }
    for (long e = count * out; e < Capacity * out; ++e)  // past the count nothing is written
        if (!std::isnan(y[static_cast<std::size_t>(e)])) return 1e9;
    return worst;
}
/// Products of operands of 11 bits and fewer are exact in f32; each addition of n is wrong by 2^-24 at most.
constexpr double close = 4e-6;
template <class S, class C, int Capacity>
void check_types(std::initializer_list<int> counts) {
    for (const int count : counts) {
        CAPTURE(count);
        CHECK(convolution_error<bf16, S, C, Capacity>(count) < close);
        CHECK(convolution_error<float, S, C, Capacity>(count) < close);
    }
}
}  // namespace

TEST_CASE("LeNet's layers") {
    CHECK(convolution_error<bf16, Sliding<>, host::Convolution<1, 28, 28, 6, 5, 5>, 3>(3) < close);
    CHECK(convolution_error<bf16, Sliding<>, host::Convolution<6, 12, 12, 16, 5, 5>, 5>(4) < close);
    CHECK(convolution_error<f16, Sliding<>, host::Convolution<6, 12, 12, 16, 5, 5>, 3>(3) < close);
}
TEST_CASE("blocks of 3 x 3 with a border, whose weights and planes lie in whole pieces") { check_types<Sliding<1, 1, 1, 1>, host::Convolution<16, 8, 8, 24, 3, 3, 1, 1, 1, 1>, 2>({1, 2}); }
TEST_CASE("a window of one place, whose planes are copied in pieces; a window of more rows and columns than bits") {
    check_types<Sliding<>, host::Convolution<12, 4, 6, 8, 1, 1>, 3>({2});
    CHECK(convolution_error<bf16, Sliding<1, 1, 0, 3>, host::Convolution<2, 3, 41, 3, 2, 30, 1, 1, 0, 3>, 2>(1) < close);
}
TEST_CASE("strides, unequal borders, dilation, groups, odd sides") {
    check_types<Sliding<2, 3, 1, 2>, host::Convolution<3, 9, 11, 5, 3, 3, 2, 3, 1, 2>, 3>({2});
    check_types<Sliding<2, 1, 2, 0, 3, 2, 3>, host::Convolution<6, 13, 7, 9, 3, 2, 2, 1, 2, 0, 3, 2, 3>, 2>({1, 2});
}

/// The gradient by the weights rounded, and one of twice the picture, doubled.
struct After {
    constexpr auto operator()(auto a, auto b, auto like) const {
        using S = Sliding<1, 1, 1, 1>;
        const auto dw = apply<Conv2dWeightOp<S>>(cast<float>(a), cast<float>(b), cast<float>(like));
        return results(cast<bf16>(dw), 2.0 * apply<Conv2dWeightOp<S>>(cast<float>(a) * 2.0, cast<float>(b), cast<float>(like)));
    }
};
TEST_CASE("what follows the gradient by the weights is computed where that is stored") {
    using C = host::Convolution<2, 5, 6, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1>;
    using P = Program<Traced<After, float, 4, true, In<bf16, -4, 2, 5, 6>, In<bf16, -4, 3, 5, 6>, In<bf16, 3, 2, 3, 3>>>;
    const Sample<bf16> x(4 * 60, 1), dy(4 * 90, 2), like(54, 3);
    std::vector<float> dw(54), four(54);
    Bindings n;
    n.input[0] = x.stored.data(), n.input[1] = dy.stored.data(), n.input[2] = like.stored.data(), n.output[0] = dw.data(), n.output[1] = four.data();
    Runner<Cuda, P> runner;
    runner.run(Run{4, 0, 0, nullptr}, n);
    std::vector<double> sum(54);
    each_product<C>(4, [&](int b, int yi, int xi, int wi) { sum[static_cast<std::size_t>(wi)] += x.worth[static_cast<std::size_t>(b * 60 + xi)] * dy.worth[static_cast<std::size_t>(b * 90 + yi)]; });
    for (std::size_t i = 0; i < 54; ++i) {
        CAPTURE(i);
        CHECK(dw[i] == rounded<bf16>(dw[i]));
        CHECK(static_cast<double>(dw[i]) == doctest::Approx(sum[i]).epsilon(4e-3));
        CHECK(static_cast<double>(four[i]) == doctest::Approx(4 * sum[i]).epsilon(1e-5));
    }
}

}  // namespace strata::test
