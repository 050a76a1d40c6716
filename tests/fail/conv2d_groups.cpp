// expect: Conv2dOp.*Shape<1, 4, 8, 8>, strata::Shape<5, 2, 3, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    using Halves = st::Sliding<1, 1, 0, 0, 1, 1, 2>;
    st::Tensor<float, 1, 4, 8, 8> x;
    st::Tensor<float, 5, 2, 3, 3> odd;
    st::Tensor<float, 6, 2, 3, 3> even;
#ifdef CORRECT
    st::Tensor<float, 1, 6, 6, 6> y = st::conv2d<Halves>(x, even);
#else
    st::Tensor<float, 1, 5, 6, 6> y = st::conv2d<Halves>(x, odd);
#endif
}
