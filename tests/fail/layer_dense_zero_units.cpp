// expect: AtLayer<2, ?strata::Dense<0.*MatmulOp.*, 1, 0, strata::Shape<1, 64>, strata::Shape<64, 0>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<64>, st::Relu, st::Dense<1>>;
#else
using Net = st::Sequential<st::Dense<64>, st::Relu, st::Dense<0>>;
#endif

int main() {
    st::Model<Net, st::Shape<16>> model;
}
