// expect: SelectOp.*Shape<2, 3>, strata::Shape<2, 3>, strata::Shape<3, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> a;
    st::Tensor<float, 3, 2> b;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::select(a > 0.0, a, st::transpose<1, 0>(b));
#else
    st::Tensor<float, 2, 3> y = st::select(a > 0.0, a, b);
#endif
}
