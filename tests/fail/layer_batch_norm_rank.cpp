// expect: AtLayer<1, ?strata::BatchNorm>, ?strata::BatchNorm, 4, 3, strata::Shape<1, 20, 16>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<16>, st::LayerNorm>;
#else
using Net = st::Sequential<st::Dense<16>, st::BatchNorm>;
#endif

int main() {
    st::Model<Net, st::Shape<20, 8>> model;
}
