// expect: Shape<2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    x(1, 0) = 4;
#else
    x(1) = 4;
#endif
}
