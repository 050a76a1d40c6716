// expect: Shape<2, 4>.*Shape<4, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
    st::Tensor<float, 3, 4> w;
#ifdef CORRECT
    st::Tensor<float, 2, 4> y = st::matmul(x, w);
#else
    st::Tensor<float, 4, 2> y = st::matmul(x, w);
#endif
}
