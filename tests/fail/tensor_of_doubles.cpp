// expect: RangeForTensor<strata::.*float, 3>, std::vector<double
// SPDX-License-Identifier: BSL-1.0
#include <vector>

#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    const std::vector<float> v(3);
#else
    const std::vector<double> v(3);
#endif
    st::Tensor<float, 3> x(v);
}
