// expect: TooLongForBraces<strata::Shape<2, ?65, ?1>, ?64>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Tensor<float, 2, 65, 1> x = st::Tensor<float, 2, 65, 1>::full(1);
#else
    st::Tensor<float, 2, 65, 1> x{{{1}, {2}}, {{3}, {4}}};
#endif
}
