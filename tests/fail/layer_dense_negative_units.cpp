// expect: AtLayer<0, ?strata::Dense<-64.*MatmulOp.*, 1, -64, strata::Shape<1, 16>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<64>, st::Relu>;
#else
using Net = st::Sequential<st::Dense<-64>, st::Relu>;
#endif

int main() {
    st::Model<Net, st::Shape<16>> model;
}
