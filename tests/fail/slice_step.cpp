// expect: SliceOp<1, 0, 4, 0>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 8> x;
#ifdef CORRECT
    st::Tensor<float, 2, 2> y = st::slice<1, 0, 4, 2>(x);
#else
    st::Tensor<float, 2, 2> y = st::slice<1, 0, 4, 0>(x);
#endif
}
