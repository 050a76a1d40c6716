// expect: Param<strata::Shape<3, 5>, strata::NoBias> ?>::NoInitialiser<strata::AtLayer<0, strata::Dense<5, strata::NoBias
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
#ifdef CORRECT
using Net = st::Sequential<st::Dense<5, st::GlorotUniform, st::NoBias>>;
#else
using Net = st::Sequential<st::Dense<5, st::NoBias>>;
#endif

int main() {
    st::Model<Net, st::Shape<3>> model;
}
