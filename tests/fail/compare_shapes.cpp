// expect: GreaterOp.*Shape<2, 3>, strata::Shape<2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> a;
    st::Tensor<float, 2> column;
    st::Tensor<float, 2, 1> standing;
#ifdef CORRECT
    st::Tensor<bool, 2, 3> y = a > standing;
#else
    st::Tensor<bool, 2, 3> y = a > column;
#endif
}
