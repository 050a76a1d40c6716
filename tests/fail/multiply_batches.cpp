// expect: MultiplyOp.*Shape<8, 3>, strata::Shape<4, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 8, 3> a;
    st::Tensor<float, 4, 3> short_batch;
    st::Tensor<float, 1, 3> one;
#ifdef CORRECT
    st::Tensor<float, 8, 3> y = st::relu(a * one) + 1.0;
#else
    st::Tensor<float, 8, 3> y = st::relu(a * short_batch) + 1.0;
#endif
}
