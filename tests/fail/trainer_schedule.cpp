// expect: NotASchedule<double>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>
#include <strata/train.hpp>

namespace st = strata;
using Model = st::Model<st::Sequential<st::Dense<10>>, st::Shape<4>>;

int main() {
    Model model;
#ifdef CORRECT
    st::Trainer trainer(model, st::CrossEntropy{}, st::Adam{}, st::batch<32>, st::StepDecay{.every = 100, .factor = 0.5});
#else
    st::Trainer trainer(model, st::CrossEntropy{}, st::Adam{}, st::batch<32>, 0.5);
#endif
}
