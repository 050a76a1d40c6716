// expect: AtLayer<2, ?strata::MaxPool2d<2.*MaxPoolOp.*, 4, 2, strata::Shape<1, 64>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::MaxPool2d<2>, st::Flatten, st::Dense<64>>;
#else
using Net = st::Sequential<st::Flatten, st::Dense<64>, st::MaxPool2d<2>>;
#endif

int main() {
    st::Model<Net, st::Shape<1, 28, 28>> model;
}
