// expect: RepeatedTooSeldom<strata::AtLayer<1, ?strata::Repeat<0, ?strata::Dense<8>?.*, 0>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<8>, st::Repeat<2, st::Dense<8>, st::Tanh>>;
#else
using Net = st::Sequential<st::Dense<8>, st::Repeat<0, st::Dense<8>, st::Tanh>>;
#endif

int main() {
    st::Model<Net, st::Shape<4>> model;
}
