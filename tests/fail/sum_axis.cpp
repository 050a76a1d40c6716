// expect: SumOp<strata::Axes<2> ?>.*Shape<2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float, 2> y = st::sum(x, st::axis<1>);
#else
    st::Tensor<float, 2> y = st::sum(x, st::axis<2>);
#endif
}
