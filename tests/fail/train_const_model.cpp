// expect: ModelIsNoVariable
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    using Model = st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>>;
    using Step = st::TrainingStep<Model, st::CrossEntropy, st::Adam, 8>;
#ifdef CORRECT
    Model model;
#else
    const Model model;
#endif
    Step step{model, st::Adam{}, st::Seed{1}};
}
