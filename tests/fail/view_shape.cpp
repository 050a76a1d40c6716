// expect: Shape<3>.*Shape<2>.*another shape
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

void f(st::Tensor<float, 4, 2>& x, const st::Tensor<float, 3>& row) {
#ifdef CORRECT
    x[1] = st::slice<0, 0, 2>(row);
#else
    x[1] = row;
#endif
    (void)row;
}
