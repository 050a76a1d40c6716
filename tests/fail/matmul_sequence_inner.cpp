// expect: MatmulOp.*Shape<2, 7, 3>, strata::Shape<4, 5>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 7, 3> x;
    st::Tensor<float, 4, 5> w;
    st::Tensor<float, 3, 5> fit;
#ifdef CORRECT
    st::Tensor<float, 2, 7, 5> y = st::matmul(x, fit);
#else
    st::Tensor<float, 2, 7, 5> y = st::matmul(x, w);
#endif
}
