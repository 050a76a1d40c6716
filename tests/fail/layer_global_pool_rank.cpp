// expect: AtLayer<2, ?strata::GlobalAvgPool>, ?strata::GlobalAvgPool, 4, 2, strata::Shape<1, 2704>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<4, 3>, st::GlobalAvgPool>;
#else
using Net = st::Sequential<st::Conv2d<4, 3>, st::Flatten, st::GlobalAvgPool>;
#endif

int main() {
    st::Model<Net, st::Shape<1, 28, 28>> model;
}
