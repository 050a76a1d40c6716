// expect: TypesDoNotFit<strata::InAssignment, strata::LessEqualOp, float, int>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
    st::Tensor<int, 3> low;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::clamp(x, st::cast<float>(low), 9);
#else
    st::Tensor<float, 2, 3> y = st::clamp(x, low, 9);
#endif
}
