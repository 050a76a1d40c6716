// expect: SliceOp<1, 4, 0, -1>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 8> x;
#ifdef CORRECT
    st::Tensor<float, 2, 4> y = st::slice<1, 0, 4, 1>(x);
#else
    st::Tensor<float, 2, 4> y = st::slice<1, 4, 0, -1>(x);
#endif
}
