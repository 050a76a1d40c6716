// expect: AddOp.*float.*double
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> a;
    st::Tensor<double, 2, 3> b;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = a + st::cast<float>(b);
#else
    st::Tensor<float, 2, 3> y = a + b;
#endif
}
