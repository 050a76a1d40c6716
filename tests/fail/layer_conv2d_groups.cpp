// expect: AtLayer<0, ?strata::Conv2d<8, ?3.*Conv2dOp.*, 2, 3, strata::Shape<1, 3, 8, 8>, strata::Shape<8, 1, 3, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<9, 3, st::Sliding<1, 1, 1, 1, 1, 1, 3>>>;
#else
using Net = st::Sequential<st::Conv2d<8, 3, st::Sliding<1, 1, 1, 1, 1, 1, 2>>>;
#endif

int main() {
    st::Model<Net, st::Shape<3, 8, 8>> model;
}
