// expect: RowsDoNotFit<strata::Shape<1, 3>, 3, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Tensor<float, 1, 3> t{{1, 2, 3}};
#else
    st::Tensor<float, 1, 3> t{{1, 2}};
#endif
}
