// expect: RowsDoNotFit<strata::Shape<2, ?3>, ?3, ?2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Tensor<float, 1, 2, 3> x{{{1, 2, 3}, {4, 5, 6}}};
#else
    st::Tensor<float, 1, 2, 3> x{{{1, 2, 3}, {4, 5}}};
#endif
}
