// expect: full.1.5f. for one number everywhere
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    x = st::Tensor<float, 2, 3>::full(0);
#else
    x = 0;
#endif
}
