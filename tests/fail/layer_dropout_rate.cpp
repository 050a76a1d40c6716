// expect: Dropout<.*>::RateOutOfRange<strata::AtLayer<1, ?strata::Dropout<
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<64>, st::Dropout<0.5f>, st::Dense<10>>;
#else
using Net = st::Sequential<st::Dense<64>, st::Dropout<50.0f>, st::Dense<10>>;
#endif

int main() {
    st::Model<Net, st::Shape<16>> model;
}
