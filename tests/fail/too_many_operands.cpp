// expect: ReluOp, 1, 2, strata::Shape<2, 3>, strata::Shape<2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> a, b;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::relu(a + b);
#else
    st::Tensor<float, 2, 3> y = st::relu(a, b);
#endif
}
