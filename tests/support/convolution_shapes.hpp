// SPDX-License-Identifier: BSL-1.0
/// Convolutions of every sort that the host's kernels are tested with.
#pragma once

#include <doctest/doctest.h>

#include <strata/kernel/host/convolution.hpp>

namespace strata::test {

/// Calls check(C{}) for convolutions of every sort, a subcase a sort.
template <class Check>
void each_convolution(Check check) {
    using strata::host::Convolution;
    SUBCASE("LeNet's two") { check(Convolution<1, 14, 14, 6, 5, 5>{}), check(Convolution<6, 12, 12, 16, 5, 5>{}); }
    SUBCASE("padding") { check(Convolution<3, 7, 9, 5, 3, 3, 1, 1, 1, 1>{}), check(Convolution<2, 5, 5, 7, 5, 5, 1, 1, 2, 2>{}); }
    SUBCASE("more padding than needed") { check(Convolution<2, 3, 3, 2, 2, 2, 1, 1, 3, 3>{}); }
    SUBCASE("stride 2") { check(Convolution<3, 9, 11, 4, 3, 3, 2, 2, 1, 1>{}), check(Convolution<3, 8, 10, 4, 3, 3, 2, 2>{}); }
    SUBCASE("stride 3, unequal axes") { check(Convolution<2, 11, 13, 3, 3, 2, 3, 2, 0, 1>{}), check(Convolution<2, 7, 17, 3, 2, 4, 2, 3, 1, 2>{}); }
    SUBCASE("stride over kernel") { check(Convolution<3, 8, 9, 4, 1, 1, 2, 2>{}), check(Convolution<2, 11, 11, 3, 2, 2, 3, 3>{}); }
    SUBCASE("dilation") { check(Convolution<2, 9, 10, 3, 3, 3, 1, 1, 2, 2, 2, 2>{}), check(Convolution<2, 11, 12, 3, 3, 3, 2, 2, 1, 2, 2, 3>{}); }
    SUBCASE("groups") { check(Convolution<4, 6, 6, 8, 3, 3, 1, 1, 1, 1, 1, 1, 2>{}), check(Convolution<6, 6, 5, 3, 2, 2, 1, 1, 0, 0, 1, 1, 3>{}); }
    SUBCASE("depth-wise") { check(Convolution<5, 7, 7, 5, 3, 3, 1, 1, 1, 1, 1, 1, 5>{}), check(Convolution<3, 7, 7, 6, 3, 3, 2, 2, 1, 1, 1, 1, 3>{}); }
    SUBCASE("one by one") { check(Convolution<9, 4, 5, 13, 1, 1>{}), check(Convolution<1, 1, 1, 1, 1, 1>{}); }
    SUBCASE("kernel as wide as the row, or wider than the image") { check(Convolution<3, 4, 5, 4, 4, 5>{}), check(Convolution<2, 3, 3, 2, 5, 5, 1, 1, 2, 2>{}); }
    SUBCASE("long kernels") { check(Convolution<2, 3, 25, 3, 1, 11, 1, 1, 0, 5>{}), check(Convolution<1, 2, 40, 2, 2, 9, 1, 4, 0, 3, 1, 2>{}); }
}

} // namespace strata::test
