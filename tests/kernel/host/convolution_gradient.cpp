// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/convolution_gradient.hpp>

#include <doctest/doctest.h>

#include "../../support/convolution.hpp"
#include "../../support/guarded.hpp"

using strata::host::Convolution;
using strata::test::ConvolutionCase;
using strata::test::Guarded;

namespace {

template <class T, class C, int Capacity> void against_definition(int count) {
    CAPTURE(count);
    using Kernel = strata::host::ConvolutionWeightGradient<T, C, Capacity>;
    const ConvolutionCase<C> reference(count);
    for (bool flush_end : {true, false}) {
        Guarded<T> x(static_cast<std::size_t>(reference.in * Capacity), flush_end), dy(static_cast<std::size_t>(reference.out * Capacity), flush_end);
        Guarded<T> dw(static_cast<std::size_t>(C::weights), flush_end);
        strata::test::innermost<T>(reference.x, count, reference.in, Capacity, x);
        strata::test::innermost<T>(reference.dy, count, reference.out, Capacity, dy);
        for (int i = 0; i < Kernel::items; ++i) Kernel::run_item(flush_end ? i : Kernel::items - 1 - i, count, x.data(), dy.data(), dw.data());
        int wrong = 0;
        for (std::size_t i = 0; i < dw.size(); ++i)
            if (!strata::test::near<T>(static_cast<double>(dw[i]), reference.dw[i], reference.dw_scale[i])) ++wrong;
        CHECK(wrong == 0);
        CHECK(dw.intact());
    }
}

template <class T, class C> void shapes() {
    constexpr int N = strata::host::convolution_width<T>;
    against_definition<T, C, 2 * N>(2 * N);
    against_definition<T, C, 2 * N>(N + 1);
    against_definition<T, C, 2 * N>(1);
}

} // namespace

TEST_CASE_TEMPLATE("weight gradient equals the definition", T, float, double) {
    SUBCASE("LeNet's two") { shapes<T, Convolution<1, 14, 14, 6, 5, 5>>(), shapes<T, Convolution<6, 12, 12, 16, 5, 5>>(); }
    SUBCASE("padding") { shapes<T, Convolution<3, 7, 9, 5, 3, 3, 1, 1, 1, 1>>(), shapes<T, Convolution<2, 5, 5, 7, 5, 5, 1, 1, 2, 2>>(); }
    SUBCASE("more padding than needed") { shapes<T, Convolution<2, 3, 3, 2, 2, 2, 1, 1, 3, 3>>(); }
    SUBCASE("stride 2") { shapes<T, Convolution<3, 9, 11, 4, 3, 3, 2, 2, 1, 1>>(), shapes<T, Convolution<3, 8, 10, 4, 3, 3, 2, 2>>(); }
    SUBCASE("stride 3, unequal axes") { shapes<T, Convolution<2, 11, 13, 3, 3, 2, 3, 2, 0, 1>>(), shapes<T, Convolution<2, 7, 17, 3, 2, 4, 2, 3, 1, 2>>(); }
    SUBCASE("stride over kernel") { shapes<T, Convolution<3, 8, 9, 4, 1, 1, 2, 2>>(), shapes<T, Convolution<2, 11, 11, 3, 2, 2, 3, 3>>(); }
    SUBCASE("dilation") { shapes<T, Convolution<2, 9, 10, 3, 3, 3, 1, 1, 2, 2, 2, 2>>(), shapes<T, Convolution<2, 11, 12, 3, 3, 3, 2, 2, 1, 2, 2, 3>>(); }
    SUBCASE("groups") { shapes<T, Convolution<4, 6, 6, 8, 3, 3, 1, 1, 1, 1, 1, 1, 2>>(), shapes<T, Convolution<6, 6, 5, 3, 2, 2, 1, 1, 0, 0, 1, 1, 3>>(); }
    SUBCASE("depth-wise") { shapes<T, Convolution<5, 7, 7, 5, 3, 3, 1, 1, 1, 1, 1, 1, 5>>(), shapes<T, Convolution<3, 7, 7, 6, 3, 3, 2, 2, 1, 1, 1, 1, 3>>(); }
    SUBCASE("one by one") { shapes<T, Convolution<9, 4, 5, 13, 1, 1>>(), shapes<T, Convolution<1, 1, 1, 1, 1, 1>>(); }
    SUBCASE("kernel as wide as the row, or wider than the image") { shapes<T, Convolution<3, 4, 5, 4, 4, 5>>(), shapes<T, Convolution<2, 3, 3, 2, 5, 5, 1, 1, 2, 2>>(); }
    SUBCASE("long kernels") { shapes<T, Convolution<2, 3, 25, 3, 1, 11, 1, 1, 0, 5>>(), shapes<T, Convolution<1, 2, 40, 2, 2, 9, 1, 4, 0, 3, 1, 2>>(); }
}
