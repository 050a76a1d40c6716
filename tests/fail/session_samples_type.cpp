// expect: Session<.*double ?\[8\].*span<const float
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

int main() {
    Model model;
    st::Session<Model, 2> session{model};
#ifdef CORRECT
    const float x[8] = {};
#else
    const double x[8] = {};
#endif
    float scores[20];
    session(x, scores);
}
