// expect: ReshapeOp<4, ?2>.*Shape<2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float, 3, 2> y = st::reshape<st::Shape<3, 2>>(x);
#else
    st::Tensor<float, 4, 2> y = st::reshape<st::Shape<4, 2>>(x);
#endif
}
