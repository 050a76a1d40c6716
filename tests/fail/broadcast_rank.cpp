// expect: BroadcastOp<2, 3>, 2, 3, strata::Shape<1, 2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
int main() {
    st::Tensor<float, 1, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float, 4, 2, 3> y = st::broadcast<st::Shape<4, 2, 3>>(x);
#else
    st::Tensor<float, 2, 3> y = st::broadcast<st::Shape<2, 3>>(x);
#endif
}
