// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/slide.hpp>

#include <doctest/doctest.h>

#include <strata/op.hpp>

#include "../../support/steps.hpp"

namespace strata::test {
namespace {

constexpr int w = lanes_here<float>, dw = lanes_here<double>;

/// Of a program: its convolutions and poolings, those of them that keep the batch in lanes, and loops whose lanes hold a batch that is folded
/// across them.
struct Census {
    int slides = 0, innermost = 0, across = 0;
};
template <class Step>
constexpr Census census{};
template <class R, class Of, Convolve Role, int N, int U, bool Lanes, int C, int H, int W, int F, int KH, int KW, int SY, int SX, int PY, int PX, int DY, int DX, int G, class O, class A>
constexpr Census census<ConvolutionStep<R, Of, Role, N, U, Lanes, C, H, W, F, KH, KW, SY, SX, PY, PX, DY, DX, G, O, A>> = {1, Lanes, 0};
template <class R, Fold F, bool D, int N, int U, bool Lanes, int C, int H, int W, int KY, int KX, int SY, int SX, int PY, int PX, class O, class A>
constexpr Census census<WindowStep<R, F, D, N, U, Lanes, C, H, W, KY, KX, SY, SX, PY, PX, O, A>> = {1, Lanes, 0};
template <class R, class N, class O, class A>
constexpr Census census<LoopStep<R, N, O, A>> = {0, 0, N::vertical && N::bounded == lane_loop};
template <class T>
constexpr Census census_of() {
    return []<int... S>(std::integer_sequence<int, S...>) {
        Census all;
        ((all.slides += census<StepIn<T, S>>.slides, all.innermost += census<StepIn<T, S>>.innermost, all.across += census<StepIn<T, S>>.across), ...);
        return all;
    }(std::make_integer_sequence<int, Program<T>::kernels>{});
}

/// F on a batch in lanes, on the same batch sample by sample, on a batch too small for lanes, and on exactly 3 samples.   Of: what a sample of
/// each input is, given the batch's extent.
template <class F, template <int> class Of>
void check_batches(double most) {
    const auto run = [=]<int N, bool Lanes>(std::integer_sequence<int, N>, std::bool_constant<Lanes>, std::initializer_list<int> counts) {
        using T = typename Of<N>::template Make<F, Lanes>;
        constexpr Census c = census_of<T>();
        static_assert(!on_host || (c.slides > 0 && (c.innermost > 0) == (Lanes && N < 0 && -2 * N >= w)));
        CAPTURE(N);
        check_program<T>(most, counts);
    };
    run(std::integer_sequence<int, -(w + 3)>{}, std::true_type{}, {1, w - 1, w, w + 3});
    run(std::integer_sequence<int, -(w + 3)>{}, std::false_type{}, {1, w + 3});
    run(std::integer_sequence<int, 3>{}, std::true_type{}, {1});
}
template <class Real, int N, class F, bool Lanes, class... I>
using Program4 = Traced<F, Real, (N < 0 ? -N : 1), Lanes, I...>;

// --- convolutions ------------------------------------------------------------------------------------------------------------
using Plain = Sliding<>;
using Odd = Sliding<2, 1, 1, 2>;             // stride 2 down, padding 1 and 2
using Holes = Sliding<1, 2, 2, 0, 2, 1, 3>;  // dilation 2 down, 3 groups

/// Scales and shifts for each channel go with the result.
template <class S>
struct Forward {
    constexpr auto operator()(auto x, auto k, auto scale, auto shift) const { return results(maximum(conv2d<S>(x, k) * scale + shift, -1)); }
};
template <int C, int H, int W, int F, int G, int KY, int KX>
struct ForwardOf {
    template <int N>
    struct On {
        template <class Fn, bool Lanes>
        using Make = Program4<float, N, Fn, Lanes, In<float, N, C, H, W>, In<float, F, C / G, KY, KX>, In<float, F, 1, 1>, In<float, 1, F, 1, 1>>;
    };
};
TEST_CASE("convolutions, with code on their results") {
    check_batches<Forward<Plain>, ForwardOf<2, 5, 7, 3, 1, 3, 2>::On>(1e-6);
    check_batches<Forward<Odd>, ForwardOf<1, 6, 5, 5, 1, 3, 3>::On>(1e-6);
    check_batches<Forward<Holes>, ForwardOf<3, 5, 4, 6, 3, 3, 1>::On>(1e-6);
    check_program<Program4<double, -(dw + 1), Forward<Odd>, true, In<double, -(dw + 1), 2, 5, 5>, In<double, 3, 2, 3, 2>, In<double, 3, 1, 1>, In<double, 1, 3, 1, 1>>>(
        1e-12, {1, dw, dw + 1});
}
/// Both gradients of a convolution; code on that by x.
template <class S>
struct Backward {
    constexpr auto operator()(auto x, auto k, auto dy) const {
        const auto dx = apply<Conv2dDataOp<S>>(dy, k, x);
        const auto again = conv2d<S>(dx * 0.25, k);
        return results(maximum(dx, -2) * 2, apply<Conv2dWeightOp<S>>(x, dy, k), apply<Conv2dWeightOp<S>>(x, again, k));
    }
};
template <int C, int H, int W, int F, int G, int KY, int KX, int OH, int OW>
struct BackwardOf {
    template <int N>
    struct On {
        template <class Fn, bool Lanes>
        using Make = Program4<float, N, Fn, Lanes, In<float, N, C, H, W>, In<float, F, C / G, KY, KX>, In<float, N, F, OH, OW>>;
    };
};
TEST_CASE("the gradients of convolutions") {
    check_batches<Backward<Plain>, BackwardOf<2, 5, 7, 3, 1, 3, 2, 3, 6>::On>(1e-5);
    check_batches<Backward<Odd>, BackwardOf<1, 6, 5, 5, 1, 3, 3, 3, 7>::On>(1e-5);
    check_batches<Backward<Holes>, BackwardOf<3, 5, 4, 6, 3, 3, 1, 5, 2>::On>(1e-5);
}

// --- pooling -----------------------------------------------------------------------------------------------------------------
/// Maxima and means of a picture, and the gradients of both.
template <int KY, int KX, class S>
struct Pools {
    constexpr auto operator()(auto x, auto dy, auto scale) const {
        const auto most = max_pool2d<KY, KX, S>(x * 2);
        return results(most * scale, avg_pool2d<KY, KX, S>(x) + 1, apply<MaxPoolGradientOp<KY, KX, S>>(x * 2, most, dy), apply<AveragePoolGradientOp<KY, KX, S>>(dy, x) * 4);
    }
};
template <int C, int H, int W, int OH, int OW>
struct PoolOf {
    template <int N>
    struct On {
        template <class Fn, bool Lanes>
        using Make = Program4<float, N, Fn, Lanes, In<float, N, C, H, W>, In<float, N, C, OH, OW>, In<float, C, 1, 1>>;
    };
};
TEST_CASE("pooling and its gradients: windows side by side, overlapping, past the border") {
    check_batches<Pools<2, 2, Sliding<2, 2>>, PoolOf<3, 4, 7, 2, 3>::On>(1e-6);
    check_batches<Pools<3, 2, Sliding<1, 2, 1, 1>>, PoolOf<1, 4, 5, 4, 3>::On>(1e-6);
}

// --- loops over pictures -----------------------------------------------------------------------------------------------------
/// Results of one convolution that others fold: over channels (across the lanes), over all but channels, over places; and a sum of two.
constexpr auto folded = [](auto x, auto k) {
    const auto y = conv2d<Sliding<1, 1, 1, 1>>(x, k);
    const auto z = conv2d<Sliding<1, 1, 1, 1>>(y * 0.5, k) + y;
    const auto top = max_keep(y, axis<1>);
    return results(y - top, sum_keep(y, axes<0, 2, 3>), sum_keep(abs(y - top), axis<1>), z, sum_keep(z, axes<2, 3>), max_keep(z, axis<0>), (z - sum_keep(z, axis<1>)) * y);
};
template <int N>
struct Folded {
    template <class Fn, bool Lanes>
    using Make = Program4<float, N, Fn, Lanes, In<float, N, 3, 2, 5>, In<float, 3, 3, 3, 3>>;
};
TEST_CASE("loops over pictures with the batch in lanes: what lies past the count is nobody's") {
    check_batches<decltype(folded), Folded>(1e-5);
    using Even = Folded<-2 * w>::Make<decltype(folded), true>;
    static_assert(!on_host || census_of<Even>().across > 0, "a fold across lanes that a batch fills exactly");
    check_program<Even>(1e-5, {1, w - 1, w, w + 1, 2 * w});
}
/// Pictures made of what a product writes sample by sample, rows of all samples together, and of flat values that the outside reads as well.
TEST_CASE("pictures that are a view of joined rows, or of what is a result itself") {
    constexpr auto rows = [](auto x, auto m, auto k) { return results(conv2d<Sliding<>>(reshape<Shape<-w, 3, 4, 5>>(matmul(x, m)), k)); };
    check_program<Program4<float, -w, decltype(rows), true, In<float, -w, 12, 2>, In<float, 2, 5>, In<float, 2, 3, 2, 2>>>(1e-5, {w, 1});
    constexpr auto flat = [](auto x, auto k) {
        const auto y = maximum(x, 0);
        const auto pictures = reshape<Shape<-w, 3, 2, 5>>(y);
        return results(conv2d<Sliding<>>(pictures, k), y, max_pool2d<2>(pictures));
    };
    check_program<Program4<float, -w, decltype(flat), true, In<float, -w, 30>, In<float, 2, 3, 2, 2>>>(1e-5, {w, 1});
}
TEST_CASE("work for several threads") {
    constexpr auto large = [](auto x, auto k, auto shift) { return results(max_pool2d<2>(maximum(conv2d<Sliding<1, 1, 1, 1>>(x, k) + shift, 0))); };
    check_program<Program4<float, -37, decltype(large), true, In<float, -37, 3, 12, 14>, In<float, 8, 3, 3, 3>, In<float, 8, 1, 1>>>(1e-6, {1, 33, 37});
    check_program<Program4<float, -37, decltype(large), false, In<float, -37, 3, 12, 14>, In<float, 8, 3, 3, 3>, In<float, 8, 1, 1>>>(1e-6, {37});
}

}  // namespace
}  // namespace strata::test
