// expect: PadOp<2, 1, 1>.*Shape<4, 10>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 4, 10> x;
#ifdef CORRECT
    st::Tensor<float, 4, 12> y = st::pad<1, 1>(x);
#else
    st::Tensor<float, 4, 12> y = st::pad<2, 1>(x);
#endif
}
