// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/convolution_gradient.hpp>

#include <doctest/doctest.h>

#include "../../support/convolution.hpp"
#include "../../support/convolution_shapes.hpp"
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
    strata::test::each_convolution([]<class C>(C) { shapes<T, C>(); });
}
