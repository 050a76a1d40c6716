// expect: NotALoss<strata::Sgd, strata::Shape<10>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

int main() {
    Model model;
#ifdef CORRECT
    st::TrainingStep<Model, st::CrossEntropy, st::Sgd, 2> step{model, st::Sgd{}, st::Seed{1}};
#else
    st::TrainingStep<Model, st::Sgd, st::Sgd, 2> step{model, st::Sgd{}, st::Seed{1}};
#endif
}
