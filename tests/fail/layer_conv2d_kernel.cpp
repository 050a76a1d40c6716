// expect: AtLayer<0, ?strata::Conv2d<8, ?9.*Conv2dOp.*, 9, 8, strata::Shape<1, 3, 8, 8>, strata::Shape<8, 3, 9, 9>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<8, 9, st::Sliding<1, 1, 4>>, st::Relu>;
#else
using Net = st::Sequential<st::Conv2d<8, 9>, st::Relu>;
#endif

int main() {
    st::Model<Net, st::Shape<3, 8, 8>> model;
}
