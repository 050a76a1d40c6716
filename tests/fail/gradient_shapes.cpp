// expect: MatmulOp.*Shape<8, 3>, strata::Shape<4, 1>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 8, 3> x;
    st::Tensor<float, 4, 1> four;
    st::Tensor<float, 3, 1> three;
    st::Tensor<float, 8, 1> t;
#ifdef CORRECT
    const auto [dw] = st::gradient(st::mean(st::square(st::matmul(x, three) - t)), three);
#else
    const auto [dw] = st::gradient(st::mean(st::square(st::matmul(x, four) - t)), four);
#endif
}
