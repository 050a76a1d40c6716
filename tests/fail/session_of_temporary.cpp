// expect: keep the model in a variable.*SessionOutlivesModel<|SessionOutlivesModel<.*keep the model in a variable
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

int main() {
#ifdef CORRECT
    const Model model;
    st::Session<Model, 1> session(model);
#else
    st::Session<Model, 1> session(Model{});
#endif
    const float x[4] = {};
    float y[10];
    session.run(x, 1, y);
}
