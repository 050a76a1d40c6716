// expect: SelectOp.*float
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> a, b;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::select(a != 0.0, a, b);
#else
    st::Tensor<float, 2, 3> y = st::select(a, a, b);
#endif
}
