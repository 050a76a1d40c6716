// expect: Shape<4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
    st::Tensor<float, 4> w;
#ifdef CORRECT
    const auto [dw] = st::gradient(st::sum(st::square(x)) + st::sum(w), w);
#else
    const auto [dw] = st::gradient(st::sum(st::square(x)), w);
#endif
}
