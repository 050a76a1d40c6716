// expect: FloatingNumberBesideIntegers<strata::InAssignment, strata::MultiplyOp, int,
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<int, 2, 3> n;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::cast<float>(n) * 2.5f;
#else
    st::Tensor<int, 2, 3> y = n * 2.5;
#endif
}
