// expect: AxisIsPlainNumber<strata::SoftmaxOver
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 8> x;
#ifdef CORRECT
    st::Tensor<float, 2, 8> y = 2 * st::softmax(x, st::axis<-1>);
#else
    st::Tensor<float, 2, 8> y = 2 * st::softmax(x, -1);
#endif
}
