// expect: full.1.5f. for one number everywhere
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    const auto x = st::Tensor<float, 2, 3>::full(0.5f);
#else
    const st::Tensor<float, 2, 3> x(0.5f);
#endif
    return x(0, 0) > 1;
}
