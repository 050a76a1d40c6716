// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/leaky_relu.hpp>

#include <cmath>

#include <strata/layer/conv2d.hpp>
#include <strata/layer/dense.hpp>
#include <strata/layer/flatten.hpp>
#include <strata/layer/pool.hpp>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
/// The same as one op, of which no truth value is made.
struct OwnOp : st::Elementwise<1> {
    static constexpr auto name = "own_leaky_relu";
    template <class T>
    STRATA_HD static constexpr T apply(T x) {
        return st::math::max(x, x * T(0.2f));
    }
    static constexpr auto backward(st::Expression auto dy, st::Expression auto, st::Expression auto x) {
        return st::gradients(st::select(x > 0.0, dy, dy * 0.2));
    }
};
struct Own {
    static constexpr auto forward(const auto&, st::Expression auto x) { return st::apply<OwnOp>(x); }
};
template <class A>
using Net = st::Sequential<st::Conv2d<3, 3>, A, st::MaxPool2d<2>, A, st::Flatten, st::Dense<4>, A>;
template <class A, int B>
constexpr int kernels = st::Session<st::Model<Net<A>, st::Shape<2, 7, 6>>, B>::Plan::kernels;
static_assert(kernels<st::LeakyRelu<200>, 1> == kernels<Own, 1> && kernels<st::LeakyRelu<200>, 32> == kernels<Own, 32>);
}  // namespace

TEST_CASE("the slope below 0 is a hundredth unless told, with its gradient") {
    st::test::check_activation<st::LeakyRelu<>>([](double x) { return x > 0 ? x : 0.01 * x; });
}
TEST_CASE("another slope, in thousandths") {
    st::test::check_activation<st::LeakyRelu<200>>([](double x) { return x > 0 ? x : 0.2 * x; });
}
TEST_CASE("behind a convolution, a window and a product it runs in their kernels") {
    st::test::Probe<Net<st::LeakyRelu<200>>, st::Shape<2, 7, 6>> probe;
    st::test::Probe<Net<Own>, st::Shape<2, 7, 6>> own;
    const auto y = probe.infer(), wanted = own.infer();
    REQUIRE(y.size() == wanted.size());
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(std::abs(y[i] - wanted[i]) <= 1e-7 * std::max(1.0, std::abs(wanted[i])));
    probe.check_gradient();
}
