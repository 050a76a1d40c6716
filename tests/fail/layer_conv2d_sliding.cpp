// expect: NotASliding<strata::Conv2dOp<strata::Shape<3, 3>.*AtLayer<0|AtLayer<0, strata::Conv2d<6, 3, strata::Shape<3, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Model<st::Sequential<st::Conv2d<6, 3>>, st::Shape<6, 8, 8>> model;
#else
    st::Model<st::Sequential<st::Conv2d<6, 3, st::Shape<3, 3>>>, st::Shape<6, 8, 8>> model;
#endif
}
