// expect: write const Tensor<float, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    const st::Tensor<float, 3> x;
#else
    st::Tensor<const float, 3> x;
#endif
    st::Tensor<float, 3> y = x + x;
}
