// expect: BatchOfNone<-4>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<4>>, st::Shape<3>>;

int main() {
    Model model;
#ifdef CORRECT
    st::TrainingStep<Model, st::CrossEntropy, st::Sgd, 4> step{model, st::Sgd{}, st::Seed{1}};
#else
    st::TrainingStep<Model, st::CrossEntropy, st::Sgd, -4> step{model, st::Sgd{}, st::Seed{1}};
#endif
}
