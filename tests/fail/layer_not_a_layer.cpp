// expect: NotALayer<strata::AtLayer<1, ?strata::Adam>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<64>, st::Relu, st::Dense<10>>;
#else
using Net = st::Sequential<st::Dense<64>, st::Adam, st::Dense<10>>;
#endif

int main() {
    st::Model<Net, st::Shape<16>> model;
}
