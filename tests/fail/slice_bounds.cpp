// expect: SliceOp<1, 2, 12, 1>.*Shape<4, 10>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 4, 10> x;
#ifdef CORRECT
    st::Tensor<float, 4, 8> y = st::slice<1, 2, 10>(x);
#else
    st::Tensor<float, 4, 10> y = st::slice<1, 2, 12>(x);
#endif
}
