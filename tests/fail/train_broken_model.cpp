// expect: AtLayer<1, ?strata::Conv2d<4, ?3.*, 4, 2, strata::Shape<1, 64>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<4, 3>, st::Flatten, st::Dense<10>>;
#else
using Net = st::Sequential<st::Flatten, st::Conv2d<4, 3>, st::Dense<10>>;
#endif

int main() {
    st::Model<Net, st::Shape<1, 8, 8>> model;
    st::TrainingStep<decltype(model), st::CrossEntropy, st::Adam, 16> step{model, st::Adam{}, st::Seed{1}};
    float x[16 * 64] = {};
    std::int32_t labels[16] = {};
    step.run(x, labels, 16);
    float scores[16 * 10];
    st::Session<decltype(model), 16>{model}.run(x, 16, scores);
}
