// expect: TypesDoNotFit<strata::InAssignment, strata::MaxPoolOp<2, 2, .*int>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<std::int32_t, 1, 1, 4, 4> x;
#ifdef CORRECT
    st::Tensor<float, 1, 1, 2, 2> y = st::max_pool2d<2>(st::cast<float>(x));
#else
    st::Tensor<std::int32_t, 1, 1, 2, 2> y = st::max_pool2d<2>(x);
#endif
}
