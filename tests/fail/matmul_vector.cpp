// expect: MatmulOp.*Shape<2, 3>, strata::Shape<3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
    st::Tensor<float, 3> w;
#ifdef CORRECT
    st::Tensor<float, 2, 1> y = st::matmul(x, st::append_axis(w));
#else
    st::Tensor<float, 2, 1> y = st::matmul(x, w);
#endif
}
