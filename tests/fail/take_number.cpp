// expect: IndexIsPlainNumber<strata::Take<0
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 10, 4> table;
#ifdef CORRECT
    st::Tensor<float, 4> row = table[3];
#else
    st::Tensor<float, 4> row = st::take(table, 3);
#endif
}
