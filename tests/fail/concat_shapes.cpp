// expect: Concat<0>, ?10, ?3, .*Shape<4, 10>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 4, 10> x;
    st::Tensor<float, 4, 3> y;
#ifdef CORRECT
    st::Tensor<float, 4, 13> z = st::concat<1>(x, y);
#else
    st::Tensor<float, 8, 10> z = st::concat<0>(x, y);
#endif
}
