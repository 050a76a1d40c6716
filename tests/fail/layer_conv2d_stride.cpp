// expect: AtLayer<0, ?strata::Conv2d<8, ?3, ?strata::Sliding<0.*, 1, 0, strata::Shape<1, 3, 8, 8>, strata::Shape<8, 3, 3, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<8, 3, st::Sliding<2>>>;
#else
using Net = st::Sequential<st::Conv2d<8, 3, st::Sliding<0>>>;
#endif

int main() {
    st::Model<Net, st::Shape<3, 8, 8>> model;
}
