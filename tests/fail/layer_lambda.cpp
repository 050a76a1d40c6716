// expect: Lambda<.*TakesNoExpression<strata::AtLayer<1
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Dense<4>, st::Lambda<[](auto x) { return 2.0 * x; }>>;
#else
using Net = st::Sequential<st::Dense<4>, st::Lambda<[](float x) { return 2.0f * x; }>>;
#endif

int main() {
    st::Model<Net, st::Shape<3>> model;
}
