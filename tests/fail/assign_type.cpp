// expect: float.*int
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<int, 2, 3> y = st::cast<int>(x * 2.0);
#else
    st::Tensor<int, 2, 3> y = x * 2.0;
#endif
}
