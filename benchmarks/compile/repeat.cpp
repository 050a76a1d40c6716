// SPDX-License-Identifier: BSL-1.0
/// Training TIMES pairs of Dense and Tanh, written as a Repeat.
#include <cstdio>

#include <strata/strata.hpp>

namespace st = strata;

using Deep = st::Model<st::Sequential<st::Dense<32>, st::Repeat<TIMES, st::Dense<32>, st::Tanh>, st::Dense<10>>, st::Shape<32>>;

int main() {
    Deep model{st::Seed{7}};
    static float x[32 * 32];
    static std::int32_t label[32];
    st::TrainingStep<Deep, st::CrossEntropy, st::Adam, 32> step{model, st::Adam{.rate = 1e-3}, st::Seed{7}};
    std::printf("%f\n", static_cast<double>(step.run(x, label, 32)));
}
