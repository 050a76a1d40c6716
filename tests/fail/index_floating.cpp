// expect: asked for by a floating index
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    const st::Tensor<float, 2, 3> x;
    const double i = 1.5;
#ifdef CORRECT
    return x(static_cast<int>(i), 0) > 0;
#else
    return x(i, 0) > 0;
#endif
}
