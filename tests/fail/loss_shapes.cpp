// expect: SubtractOp.*Shape<8, 3>, strata::Shape<8, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 8, 3> y;
    st::Tensor<float, 8, 2> two;
    st::Tensor<float, 8, 3> three;
#ifdef CORRECT
    st::Tensor<float> loss = st::mean(st::square(y - three));
#else
    st::Tensor<float> loss = st::mean(st::square(y - two));
#endif
}
