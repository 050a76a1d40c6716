// expect: MatmulOp.*Shape<2, 3>, strata::Shape<4, 5>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
    st::Tensor<float, 4, 5> w;
    st::Tensor<float, 3, 5> fit;
    st::Tensor<float, 5> b;
#ifdef CORRECT
    st::Tensor<float, 2, 5> y = st::relu(st::matmul(x, fit) + b);
#else
    st::Tensor<float, 2, 5> y = st::relu(st::matmul(x, w) + b);
#endif
}
