// expect: AtLayer<0, ?strata::LayerNorm>, ?strata::LayerNorm, 2, 1, strata::Shape<1> ?>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Reshape<1>, st::LayerNorm>;
#else
using Net = st::Sequential<st::LayerNorm>;
#endif

int main() {
    st::Model<Net, st::Shape<>> model;
}
