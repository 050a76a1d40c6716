// expect: NumberAmongParts<strata::Concat<1
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 8> x;
#ifdef CORRECT
    st::Tensor<float, 2, 9> y = st::concat<1>(x, st::Tensor<float, 2, 1>::full(1.0f));
#else
    st::Tensor<float, 2, 9> y = st::concat<1>(x, 1.0f);
#endif
}
