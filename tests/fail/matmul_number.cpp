// expect: multiply with ., as x . 2.0f
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 8> x;
#ifdef CORRECT
    st::Tensor<float, 2, 8> y = x * 2.0f;
#else
    st::Tensor<float, 2, 8> y = st::matmul(x, 2.0f);
#endif
}
