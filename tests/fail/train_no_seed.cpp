// expect: step.model, Adam.., Seed.1..
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    using Model = st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>>;
    using Step = st::TrainingStep<Model, st::CrossEntropy, st::Adam, 8>;
    Model model;
#ifdef CORRECT
    Step step{model, st::Adam{}, st::Seed{1}};
#else
    Step step{model, st::Adam{}};
#endif
}
