// expect: RangeForOperand<strata::AddOp
// SPDX-License-Identifier: BSL-1.0
#include <vector>

#include <strata/strata.hpp>

namespace st = strata;

int main() {
    const std::vector<float> v(3);
    st::Tensor<float, 3> x;
#ifdef CORRECT
    st::Tensor<float, 3> y = 2 * (x + st::Tensor<float, 3>(v));
#else
    st::Tensor<float, 3> y = 2 * (x + v);
#endif
}
