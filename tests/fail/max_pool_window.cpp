// expect: MaxPoolOp<5, ?5.*Shape<1, 1, 4, 4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 1, 1, 4, 4> x;
#ifdef CORRECT
    st::Tensor<float, 1, 1, 1, 1> y = st::max_pool2d<4, 4, st::Sliding<4>>(x);
#else
    st::Tensor<float, 1, 1, 1, 1> y = st::max_pool2d<5, 5, st::Sliding<5>>(x);
#endif
}
