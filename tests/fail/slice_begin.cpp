// expect: SliceOp<1, 8, 10, 1>, 7, 8, strata::Shape<2, 8>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
int main() {
    st::Tensor<float, 2, 8> x;
#ifdef CORRECT
    st::Tensor<float, 2, 2> y = st::slice<1, 6, 8>(x);
#else
    st::Tensor<float, 2, 2> y = st::slice<1, 8, 10>(x);
#endif
}
