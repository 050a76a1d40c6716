// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/convolution_rowwise.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../../support/convolution.hpp"
#include "../../support/guarded.hpp"

using strata::host::Convolution;
using strata::test::ConvolutionCase;
using strata::test::Guarded;

namespace {

template <class T, class Kernel> void check(int rows, int places, int count, T* in, T* w, const std::vector<double>& want, const std::vector<double>& scale,
                                            bool backwards) {
    std::vector<T> got(static_cast<std::size_t>(count * rows * places), T(-77));
    std::vector<int> times(got.size(), 0);
    bool aligned = true, inside = true;
    for (int i = 0; i < Kernel::items; ++i)
        Kernel::run_item(backwards ? Kernel::items - 1 - i : i, count, in, w, [&](const T* run, int row, long column, int length) {
            aligned = aligned && reinterpret_cast<std::uintptr_t>(run) % 64 == 0;
            inside = inside && row >= 0 && row < count * rows && column >= 0 && length > 0 && column + length <= places;
            if (!inside) return;
            for (int j = 0; j < length; ++j) {
                const auto at = static_cast<std::size_t>(static_cast<long>(row) * places + column + j);
                got[at] = run[j], ++times[at];
            }
        });
    CHECK(aligned);
    CHECK(inside);
    int wrong = 0, uneven = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (times[i] != 1) ++uneven;
        if (!strata::test::near<T>(static_cast<double>(got[i]), want[i], scale[i])) ++wrong;
    }
    CHECK(uneven == 0);
    CHECK(wrong == 0);
}

template <class T, class To> void copy(const std::vector<double>& from, To& to) {
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<T>(from[i]);
}

template <class T, class C> void shapes() {
    constexpr int Capacity = 3;
    for (int count : {1, 3}) {
        CAPTURE(count);
        const ConvolutionCase<C> reference(count);
        for (bool flush_end : {true, false}) {
            // Only `count` samples exist, although the capacity is larger.
            Guarded<T> x(reference.x.size(), flush_end), dy(reference.dy.size(), flush_end), w(reference.w.size(), flush_end), dw(reference.w.size(), flush_end);
            copy<T>(reference.x, x), copy<T>(reference.dy, dy), copy<T>(reference.w, w);
            check<T, strata::host::ConvolutionForwardRowwise<T, C, Capacity>>(C::filters, C::out_height * C::out_width, count, x.data(), w.data(), reference.y,
                                                                              reference.y_scale, !flush_end);
            check<T, strata::host::ConvolutionDataGradientRowwise<T, C, Capacity>>(C::channels, C::height * C::width, count, dy.data(), w.data(), reference.dx,
                                                                                   reference.dx_scale, !flush_end);
            using Kernel = strata::host::ConvolutionWeightGradientRowwise<T, C, Capacity>;
            for (int i = 0; i < Kernel::items; ++i) Kernel::run_item(flush_end ? i : Kernel::items - 1 - i, count, x.data(), dy.data(), dw.data());
            int wrong = 0;
            for (std::size_t i = 0; i < dw.size(); ++i)
                if (!strata::test::near<T>(static_cast<double>(dw[i]), reference.dw[i], reference.dw_scale[i])) ++wrong;
            CHECK(wrong == 0);
            CHECK(dw.intact());
        }
    }
}

} // namespace

TEST_CASE_TEMPLATE("rowwise convolution and its gradients equal the definition", T, float, double) {
    SUBCASE("LeNet's two") { shapes<T, Convolution<1, 28, 28, 6, 5, 5>>(), shapes<T, Convolution<6, 12, 12, 16, 5, 5>>(); }
    SUBCASE("padding") { shapes<T, Convolution<3, 7, 9, 5, 3, 3, 1, 1, 1, 1>>(), shapes<T, Convolution<2, 5, 5, 7, 5, 5, 1, 1, 2, 2>>(); }
    SUBCASE("more padding than needed") { shapes<T, Convolution<2, 3, 3, 2, 2, 2, 1, 1, 3, 3>>(); }
    SUBCASE("stride 2") { shapes<T, Convolution<3, 9, 11, 4, 3, 3, 2, 2, 1, 1>>(), shapes<T, Convolution<3, 8, 70, 4, 3, 3, 2, 2>>(); }
    SUBCASE("stride 3, unequal axes") { shapes<T, Convolution<2, 11, 13, 3, 3, 2, 3, 2, 0, 1>>(), shapes<T, Convolution<2, 7, 17, 3, 2, 4, 2, 3, 1, 2>>(); }
    SUBCASE("stride over kernel") { shapes<T, Convolution<3, 8, 9, 4, 1, 1, 2, 2>>(), shapes<T, Convolution<2, 11, 11, 3, 2, 2, 3, 3>>(); }
    SUBCASE("dilation") { shapes<T, Convolution<2, 9, 10, 3, 3, 3, 1, 1, 2, 2, 2, 2>>(), shapes<T, Convolution<2, 11, 12, 3, 3, 3, 2, 2, 1, 2, 2, 3>>(); }
    SUBCASE("groups") { shapes<T, Convolution<4, 6, 6, 8, 3, 3, 1, 1, 1, 1, 1, 1, 2>>(), shapes<T, Convolution<6, 6, 5, 3, 2, 2, 1, 1, 0, 0, 1, 1, 3>>(); }
    SUBCASE("depth-wise") { shapes<T, Convolution<5, 7, 7, 5, 3, 3, 1, 1, 1, 1, 1, 1, 5>>(), shapes<T, Convolution<3, 7, 7, 6, 3, 3, 2, 2, 1, 1, 1, 1, 3>>(); }
    SUBCASE("one by one") { shapes<T, Convolution<9, 4, 5, 13, 1, 1>>(), shapes<T, Convolution<1, 1, 1, 1, 1, 1>>(); }
    SUBCASE("kernel as wide as the row, or wider than the image") { shapes<T, Convolution<3, 4, 5, 4, 4, 5>>(), shapes<T, Convolution<2, 3, 3, 2, 5, 5, 1, 1, 2, 2>>(); }
    SUBCASE("long kernels") { shapes<T, Convolution<2, 3, 25, 3, 1, 11, 1, 1, 0, 5>>(), shapes<T, Convolution<1, 2, 40, 2, 2, 9, 1, 4, 0, 3, 1, 2>>(); }
    SUBCASE("rows longer than a segment") { shapes<T, Convolution<1, 1, 700, 3, 1, 5, 1, 1, 0, 2>>(), shapes<T, Convolution<1, 1, 700, 2, 1, 3, 1, 2, 0, 1>>(); }
    SUBCASE("large kernels over long rows") { shapes<T, Convolution<1, 13, 800, 2, 11, 11, 4, 4, 0, 5>>(); }
    SUBCASE("more channels than the stage holds") { shapes<T, Convolution<600, 3, 4, 5, 3, 3, 1, 1, 1, 1>>(), shapes<T, Convolution<5, 3, 4, 600, 3, 3, 1, 1, 1, 1>>(); }
}
