// expect: TrainingStep<.*float ?\[2\].*span<const int
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

int main() {
    Model model;
    st::TrainingStep<Model, st::CrossEntropy, st::Sgd, 2> step{model, st::Sgd{}, st::Seed{1}};
    const float x[8] = {};
#ifdef CORRECT
    const std::int32_t labels[2] = {3, 7};
#else
    const float labels[2] = {3, 7};
#endif
    step(x, labels);
}
