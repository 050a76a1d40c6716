// SPDX-License-Identifier: BSL-1.0
/// Training 784-256-128-10; batch 32, Adam.
#include <cstdio>

#include "place.hpp"

namespace st = strata;

using Net = st::Sequential<st::Dense<256>, st::Relu, st::Dense<128>, st::Relu, st::Dense<10>>;
using Classifier = st::Model<Net, st::Shape<784>, Place>;

int main() {
    Classifier model{st::Seed{7}};
    st::TrainingStep<Classifier, st::CrossEntropy, st::Adam, 32> step{model, st::Adam{.rate = 1e-3}, st::Seed{7}};
    static float x[32 * 784];
    std::int32_t label[32] = {};
    std::printf("%f\n", static_cast<double>(step.run(x, label, 32)));
}
