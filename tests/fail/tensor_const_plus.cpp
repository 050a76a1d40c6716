// expect: a const tensor is assigned to
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Tensor<float, 3> x;
#else
    const st::Tensor<float, 3> x;
#endif
    x += 2 * x;
}
