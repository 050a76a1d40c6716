// expect: a view of constant elements is assigned to.*const float, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

void f(const st::Tensor<float, 3, 2>& known, st::Tensor<float, 3, 2>& x, const st::Tensor<float, 2>& row) {
#ifdef CORRECT
    x[1] = known[0] + row;
#else
    known[1] = x[0] + row;
#endif
}
