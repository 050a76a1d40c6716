// expect: AtLayer<0, ?strata::Conv2d<0.*Conv2dOp.*, 1, 0, strata::Shape<1, 1, 8, 8>, strata::Shape<0, 1, 3, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<4, 3>>;
#else
using Net = st::Sequential<st::Conv2d<0, 3>>;
#endif

int main() {
    st::Model<Net, st::Shape<1, 8, 8>> model;
}
