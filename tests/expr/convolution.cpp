// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/convolution.hpp>

#include <doctest/doctest.h>

namespace strata::test {

static_assert(Sliding<>::stride[0] == 1 && Sliding<>::stride[1] == 1 && Sliding<>::pad[0] == 0 && Sliding<>::dilation[1] == 1 && Sliding<>::groups == 1);
static_assert(Sliding<2>::stride[1] == 2 && Sliding<1, 1, 3>::pad[1] == 3 && Sliding<1, 1, 0, 0, 2>::dilation[1] == 2, "one number serves both axes");
static_assert(Sliding<2, 3, 4, 5, 6, 7, 8>::stride[1] == 3 && Sliding<2, 3, 4, 5, 6, 7, 8>::pad[1] == 5 && Sliding<2, 3, 4, 5, 6, 7, 8>::dilation[1] == 7 &&
              Sliding<2, 3, 4, 5, 6, 7, 8>::groups == 8);

TEST_CASE("places: as many as a window that is pushed along finds") {
    const auto count = [](int n, int k, int stride, int pad, int dilation) {
        int places = 0;
        for (int at = -pad; at + dilation * (k - 1) < n + pad; at += stride) ++places;
        return places;
    };
    for (int n = 1; n <= 12; ++n)
        for (int k = 1; k <= 4; ++k) {
            if (n >= k) CHECK(Sliding<>::places(0, n, k) == count(n, k, 1, 0, 1));
            if (n >= k) CHECK(Sliding<2>::places(1, n, k) == count(n, k, 2, 0, 1));
            if (n + 2 >= k) CHECK(Sliding<1, 1, 1>::places(0, n, k) == count(n, k, 1, 1, 1));
            if (n + 2 >= k) CHECK(Sliding<1, 3, 0, 1>::places(1, n, k) == count(n, k, 3, 1, 1));
            if (n >= 2 * (k - 1) + 1) CHECK(Sliding<1, 1, 0, 0, 2>::places(0, n, k) == count(n, k, 1, 0, 2));
        }
}

TEST_CASE("attributes hold the role and how the window slides") {
    using Base = ConvolutionBase<Convolve::weight, Sliding<2, 3, 4, 5, 6, 7, 8>>;
    static_assert(Base::kind == Kind::convolution && Base::arity == 2);
    CHECK(Base::attributes(Dims{}) == Attributes{{static_cast<int>(Convolve::weight), 2, 3, 4, 5, 6, 7, 8}});
}

}  // namespace strata::test
