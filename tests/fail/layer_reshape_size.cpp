// expect: AtLayer<1, ?strata::Reshape<1, ?8, ?9>.*ReshapeOp.*, 64, 72, strata::Shape<1, 64>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<64>, st::Reshape<1, 8, 8>>;
#else
using Net = st::Sequential<st::Dense<64>, st::Reshape<1, 8, 9>>;
#endif

int main() {
    st::Model<Net, st::Shape<10>> model;
}
