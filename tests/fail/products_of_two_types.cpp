// expect: InAssignment.*products, convolutions and windows of one expression are of one floating type
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 4, 4> a;
    st::Tensor<double, 4, 4> b;
#ifdef CORRECT
    const st::Tensor<float, 4, 4> aa = st::matmul(a, a);
    st::Tensor<double, 4, 4> y = st::cast<double>(aa) + st::matmul(b, b);
#else
    st::Tensor<double, 4, 4> y = st::cast<double>(st::matmul(a, a)) + st::matmul(b, b);
#endif
}
