// expect: Conv2dOp.*Shape<3, 8, 8>, strata::Shape<4, 3, 3, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 3, 8, 8> x;
    st::Tensor<float, 4, 3, 3, 3> w;
#ifdef CORRECT
    st::Tensor<float, 1, 4, 6, 6> y = st::conv2d(st::reshape<st::Shape<1, 3, 8, 8>>(x), w);
#else
    st::Tensor<float, 1, 4, 6, 6> y = st::conv2d(x, w);
#endif
}
