// expect: CapacityIsNone<0>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    using Model = st::Model<st::Sequential<st::Dense<3>>, st::Shape<4>>;
    Model model;
#ifdef CORRECT
    st::TrainingStep<Model, st::CrossEntropy, st::Adam, 1> step{model, st::Adam{}, st::Seed{1}};
#else
    st::TrainingStep<Model, st::CrossEntropy, st::Adam, 0> step{model, st::Adam{}, st::Seed{1}};
#endif
}
