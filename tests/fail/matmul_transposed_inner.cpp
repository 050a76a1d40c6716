// expect: MatmulOp<false, ?true>.*Shape<2, 3>, strata::Shape<3, 5>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
    st::Tensor<float, 3, 5> w;
#ifdef CORRECT
    st::Tensor<float, 2, 5> y = st::matmul(x, w);
#else
    st::Tensor<float, 2, 5> y = st::matmul_transposed(x, w);
#endif
}
