// expect: full.1.5f. for one number everywhere
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    x[0] = st::Tensor<float, 3>::full(1);
#else
    x[0] = 1;
#endif
}
