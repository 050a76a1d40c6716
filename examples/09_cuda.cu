// SPDX-License-Identifier: BSL-1.0
/// The same network in two places: trained on a CUDA device and on the host, step by step.
#include <cmath>
#include <cstdio>

#include <strata/cuda.cuh>

namespace st = strata;

using Net = st::Sequential<st::Dense<64>, st::Tanh, st::Dense<64>, st::Tanh, st::Dense<2>>;
template <class Place>
using Classifier = st::Model<Net, st::Shape<2>, Place>;
template <class Place>
using Step = st::TrainingStep<Classifier<Place>, st::CrossEntropy, st::Adam, 256>;

constexpr int points = 256;

int main() try {
    float x[points * 2];
    std::int32_t label[points];
    for (int i = 0; i < points; ++i) {
        label[i] = i % 2;
        const float turn = static_cast<float>(i) / points, angle = turn * 9 + static_cast<float>(label[i]) * 3.14159265f;
        x[2 * i] = turn * std::cos(angle) * 2;
        x[2 * i + 1] = turn * std::sin(angle) * 2;
    }
    // Equal seeds, equal parameters. Those of the second lie in the device's memory.
    Classifier<st::Host> here{st::Seed{7}};
    Classifier<st::Cuda> there{st::Seed{7}};
    Step<st::Host> step_here{here, st::Adam{.rate = 1e-2}, st::Seed{7}};
    Step<st::Cuda> step_there{there, st::Adam{.rate = 1e-2}, st::Seed{7}};
    double apart = 0;
    for (int i = 1; i <= 20; ++i) {
        const double a = step_here.run(x, label, points), b = step_there.run(x, label, points);
        if (i % 5 == 0) std::printf("step %2d  loss on the host %.6f, on the device %.6f\n", i, a, b);
        apart = std::fmax(apart, std::fabs(a - b));
    }
    return apart < 1e-3 ? 0 : 1;
} catch (const st::DeviceError& e) {  // no driver, no device, no memory: never a silent move to the host
    std::printf("%s\n", e.what());
    return 1;
}
