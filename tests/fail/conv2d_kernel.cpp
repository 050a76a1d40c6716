// expect: Conv2dOp.*Shape<1, 1, 4, 4>, strata::Shape<1, 1, 7, 7>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 1, 1, 4, 4> x;
    st::Tensor<float, 1, 1, 7, 7> w;
#ifdef CORRECT
    st::Tensor<float, 1, 1, 4, 4> y = st::conv2d<st::Sliding<1, 1, 3>>(x, w);
#else
    st::Tensor<float, 1, 1, 1, 1> y = st::conv2d<st::Sliding<1, 1, 1>>(x, w);
#endif
}
