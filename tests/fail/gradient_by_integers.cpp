// expect: int.*Shape<3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 3> x;
    st::Tensor<int, 3> n;
#ifdef CORRECT
    const auto [dx] = st::gradient(st::sum(st::select(n > 0, x, 0.0)), x);
#else
    const auto [dx, dn] = st::gradient(st::sum(st::select(n > 0, x, 0.0)), x, n);
#endif
}
