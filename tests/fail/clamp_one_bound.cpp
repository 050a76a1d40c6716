// expect: ClampLacksABound<strata::InAssignment>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::maximum(x, 0);
#else
    st::Tensor<float, 2, 3> y = st::clamp(x, 0);
#endif
}
