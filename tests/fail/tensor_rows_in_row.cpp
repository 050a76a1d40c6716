// expect: RowsDoNotFit<strata::Shape<2, ?2, ?1>, ?2, ?3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Tensor<float, 2, 2, 1> x{{{1}, {2}}, {{3}, {4}}};
#else
    st::Tensor<float, 2, 2, 1> x{{{1}, {2}, {3}}, {{4}, {5}, {6}}};
#endif
}
