// SPDX-License-Identifier: BSL-1.0
/// PAIRS (10, 50 or 200) pairs of Dense and ReLU, every layer written out.   STEP 0: all layers are 16 wide, 1: each is one wider than the
/// last.   TRAIN: the training step with Adam, else inference.
#include <cstdio>

#include "place.hpp"

namespace st = strata;

#define PAIR(i) st::Dense<16 + STEP * (i)>, st::Relu
#define TEN(i) PAIR(i), PAIR(i + 1), PAIR(i + 2), PAIR(i + 3), PAIR(i + 4), PAIR(i + 5), PAIR(i + 6), PAIR(i + 7), PAIR(i + 8), PAIR(i + 9)
#define FIFTY(i) TEN(i), TEN(i + 10), TEN(i + 20), TEN(i + 30), TEN(i + 40)
#if PAIRS == 10
using Net = st::Sequential<TEN(0)>;
#elif PAIRS == 50
using Net = st::Sequential<FIFTY(0)>;
#elif PAIRS == 200
using Net = st::Sequential<FIFTY(0), FIFTY(50), FIFTY(100), FIFTY(150)>;
#endif
using Stack = st::Model<Net, st::Shape<32>, Place>;

int main() {
    Stack model{st::Seed{7}};
    static float x[32 * 32];
#ifdef TRAIN
    static std::int32_t label[32];
    st::TrainingStep<Stack, st::CrossEntropy, st::Adam, 32> step{model, st::Adam{.rate = 1e-3}, st::Seed{7}};
    std::printf("%f\n", static_cast<double>(step.run(x, label, 32)));
#else
    static float y[32 * Stack::Output::size];
    st::Session<Stack, 32> session{model};
    session.run(x, 32, y);
    std::printf("%f\n", static_cast<double>(y[0]));
#endif
}
