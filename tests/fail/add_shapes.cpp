// expect: AddOp.*Shape<2, 3>, strata::Shape<4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> a;
    st::Tensor<float, 4> wide;
    st::Tensor<float, 3> row;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = a + row;
#else
    st::Tensor<float, 2, 3> y = a + wide;
#endif
}
