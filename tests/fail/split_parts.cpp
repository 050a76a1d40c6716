// expect: SplitInParts<1, 0>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 8> x;
#ifdef CORRECT
    const auto parts = st::split<1, 2>(x);
#else
    const auto parts = st::split<1, 0>(x);
#endif
    (void)parts;
}
