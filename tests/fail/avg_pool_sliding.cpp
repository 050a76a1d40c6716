// expect: NotASliding<strata::AveragePoolOp<2, 2, strata::Shape<2, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 1, 4, 8, 8> x;
#ifdef CORRECT
    st::Tensor<float, 1, 4, 4, 4> y = st::avg_pool2d<2, 2, st::Sliding<2>>(x);
#else
    st::Tensor<float, 1, 4, 4, 4> y = st::avg_pool2d<2, 2, st::Shape<2, 2>>(x);
#endif
}
