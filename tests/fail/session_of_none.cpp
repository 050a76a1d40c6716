// expect: BatchOfNone<0>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<4>>, st::Shape<3>>;

int main() {
    Model model;
#ifdef CORRECT
    st::Session<Model, 1> session{model};
#else
    st::Session<Model, 0> session{model};
#endif
    const float x[3] = {};
    float y[4] = {};
    session(x, y);
}
