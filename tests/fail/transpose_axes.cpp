// expect: TransposeOp<0, ?0, ?1>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3, 4> x;
#ifdef CORRECT
    st::Tensor<float, 2, 4, 3> y = st::transpose<0, 2, 1>(x);
#else
    st::Tensor<float, 2, 2, 3> y = st::transpose<0, 0, 1>(x);
#endif
}
