// expect: InLoss<strata::CrossEntropy>.*, strata::Shape<1, 8, 10>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<4, 3>, st::Relu, st::Flatten, st::Dense<10>>;
#else
using Net = st::Sequential<st::Reshape<8, 8>, st::Relu, st::Dense<10>>;  // no Flatten before the last layer
#endif

int main() {
    st::Model<Net, st::Shape<1, 8, 8>> model;
    st::TrainingStep<decltype(model), st::CrossEntropy, st::Adam, 16> step{model, st::Adam{}, st::Seed{1}};
    float x[16 * 64] = {};
    std::int32_t labels[16] = {};
    step.run(x, labels, 16);
}
