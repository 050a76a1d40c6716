// SPDX-License-Identifier: BSL-1.0
/// A network: two spirals told apart by a multi-layer perceptron.
#include <cmath>
#include <cstdio>

#include <strata/strata.hpp>

namespace st = strata;

using Net = st::Sequential<st::Dense<64>, st::Tanh, st::Dense<64>, st::Tanh, st::Dense<2>>;
using Classifier = st::Model<Net, st::Shape<2>>;  // every other shape follows from the input's
static_assert(std::same_as<Classifier::Output, st::Shape<2>>);
static_assert(Classifier::cost.parameters == 2 * 64 + 64 + 64 * 64 + 64 + 64 * 2 + 2);  // budgets are assertions

constexpr int points = 256;

int main() {
    float x[points * 2];
    std::int32_t label[points];
    for (int i = 0; i < points; ++i) {
        label[i] = i % 2;
        const float turn = static_cast<float>(i) / points, angle = turn * 9 + static_cast<float>(label[i]) * 3.14159265f;
        x[2 * i] = turn * std::cos(angle) * 2;
        x[2 * i + 1] = turn * std::sin(angle) * 2;
    }
    Classifier model{st::Seed{7}};
    st::TrainingStep<Classifier, st::CrossEntropy, st::Adam, points> step{model, st::Adam{.rate = 1e-2}, st::Seed{7}};
    std::printf("forward, loss, gradients and update are %d kernels\n", step.kernels);
    for (int i = 1; i <= 600; ++i) {
        const float loss = step.run(x, label, points);
        if (i % 100 == 0) std::printf("step %3d  loss %.4f\n", i, static_cast<double>(loss));
    }

    st::Session<Classifier, points> session{model};
    float scores[points * 2];
    session.run(x, points, scores);
    int right = 0;
    for (int i = 0; i < points; ++i) right += (scores[2 * i + 1] > scores[2 * i]) == (label[i] == 1);
    std::printf("%d of %d points are on the right spiral\n", right, points);
    return right >= points * 98 / 100 ? 0 : 1;
}
