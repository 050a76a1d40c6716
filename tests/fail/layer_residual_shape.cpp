// expect: ResidualChangesShape<strata::AtLayer<1, ?strata::Residual<.*, strata::Shape<1, 64>, strata::Shape<1, 32>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<64>, st::Residual<st::Relu, st::Dense<64>>, st::Dense<10>>;
#else
using Net = st::Sequential<st::Dense<64>, st::Residual<st::Relu, st::Dense<32>>, st::Dense<10>>;
#endif

int main() {
    st::Model<Net, st::Shape<784>> model;
}
