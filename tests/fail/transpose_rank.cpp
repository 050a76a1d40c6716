// expect: TransposeOp<1, ?0>.*Shape<2, 3, 4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3, 4> x;
#ifdef CORRECT
    st::Tensor<float, 3, 2, 4> y = st::transpose<1, 0, 2>(x);
#else
    st::Tensor<float, 3, 2, 4> y = st::transpose<1, 0>(x);
#endif
}
