// expect: too many axes
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Tensor<float, 2, 2, 2, 2, 2> x;
#else
    st::Tensor<float, 2, 2, 2, 2, 2, 2> x;
#endif
    x = x + x;
}
