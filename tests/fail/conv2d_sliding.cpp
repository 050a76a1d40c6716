// expect: NotASliding<strata::Conv2dOp<strata::Shape<2, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 1, 4, 8, 8> x;
    st::Tensor<float, 3, 4, 3, 3> w;
#ifdef CORRECT
    st::Tensor<float, 1, 3, 3, 3> y = st::conv2d<st::Sliding<2>>(x, w);
#else
    st::Tensor<float, 1, 3, 3, 3> y = st::conv2d<st::Shape<2, 2>>(x, w);
#endif
}
