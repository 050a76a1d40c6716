// SPDX-License-Identifier: BSL-1.0
/// Training a LeNet: 28x28x1, two convolutions with pooling, three dense layers; batch 32, Adam.
#include <cstdio>

#include "place.hpp"

namespace st = strata;

using Net = st::Sequential<st::Conv2d<6, 5>, st::Relu, st::MaxPool2d<2>, st::Conv2d<16, 5>, st::Relu, st::MaxPool2d<2>, st::Flatten,
                           st::Dense<120>, st::Relu, st::Dense<84>, st::Relu, st::Dense<10>>;
using Classifier = st::Model<Net, st::Shape<1, 28, 28>, Place>;

int main() {
    Classifier model{st::Seed{7}};
    st::TrainingStep<Classifier, st::CrossEntropy, st::Adam, 32> step{model, st::Adam{.rate = 1e-3}, st::Seed{7}};
    static float x[32 * 784];
    std::int32_t label[32] = {};
    std::printf("%f\n", static_cast<double>(step.run(x, label, 32)));
}
