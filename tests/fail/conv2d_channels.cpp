// expect: Conv2dOp.*Shape<1, 3, 8, 8>, strata::Shape<4, 1, 3, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 1, 3, 8, 8> x;
    st::Tensor<float, 4, 1, 3, 3> grey;
    st::Tensor<float, 4, 3, 3, 3> coloured;
#ifdef CORRECT
    st::Tensor<float, 1, 4, 6, 6> y = st::conv2d(x, coloured);
#else
    st::Tensor<float, 1, 4, 6, 6> y = st::conv2d(x, grey);
#endif
}
