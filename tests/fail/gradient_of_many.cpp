// expect: Shape<2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    const auto [dx] = st::gradient(st::sum(st::square(x)), x);
#else
    const auto [dx] = st::gradient(st::square(x), x);
#endif
}
