// expect: AtLayer<0, ?strata::Conv2d<8, ?3.*Conv2dOp.*, 4, 2, strata::Shape<1, 784>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Reshape<1, 28, 28>, st::Conv2d<8, 3>, st::Relu, st::Flatten, st::Dense<10>>;
#else
using Net = st::Sequential<st::Conv2d<8, 3>, st::Relu, st::Flatten, st::Dense<10>>;
#endif

int main() {
    st::Model<Net, st::Shape<784>> model;
}
