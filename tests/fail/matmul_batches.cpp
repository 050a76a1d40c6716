// expect: MatmulOp.*Shape<4, 2, 3>, strata::Shape<5, 3, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 4, 2, 3> a;
    st::Tensor<float, 5, 3, 2> five;
    st::Tensor<float, 4, 3, 2> four;
#ifdef CORRECT
    st::Tensor<float, 4, 2, 2> y = st::matmul(a, four);
#else
    st::Tensor<float, 4, 2, 2> y = st::matmul(a, five);
#endif
}
