// expect: AtLayer<5, ?strata::MaxPool2d<2.*MaxPoolOp.*, 2, 1, strata::Shape<1, 8, 1, 1>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Repeat<2, st::Conv2d<8, 3, st::Sliding<1, 1, 1>>, st::MaxPool2d<2>>;
#else
using Net = st::Repeat<3, st::Conv2d<8, 3, st::Sliding<1, 1, 1>>, st::MaxPool2d<2>>;
#endif

int main() {
    st::Model<Net, st::Shape<1, 4, 4>> model;
}
