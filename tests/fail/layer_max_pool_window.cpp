// expect: AtLayer<3, ?strata::MaxPool2d<4.*MaxPoolOp.*, 4, 3, strata::Shape<1, 8, 3, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<8, 3>, st::Relu, st::MaxPool2d<4>, st::MaxPool2d<3>>;
#else
using Net = st::Sequential<st::Conv2d<8, 3>, st::Relu, st::MaxPool2d<4>, st::MaxPool2d<4>>;
#endif

int main() {
    st::Model<Net, st::Shape<1, 16, 16>> model;
}
