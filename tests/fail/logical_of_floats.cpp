// expect: LogicalAndOp.*float
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> a, b;
#ifdef CORRECT
    st::Tensor<bool, 2, 3> y = st::logical_and(a > 0.0, b > 0.0);
#else
    st::Tensor<bool, 2, 3> y = st::logical_and(a, b);
#endif
}
