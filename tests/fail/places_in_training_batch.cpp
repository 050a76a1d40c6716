// expect: out of the host's reach.*ElementsAreElsewhere<strata::test::Elsewhere>|ElementsAreElsewhere<strata::test::Elsewhere>.*out of the host's reach
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;
using Net = st::Sequential<st::Dense<8>, st::Relu, st::Dense<4>>;
using Here = st::Model<Net, st::Shape<6>>;
using There = st::Model<Net, st::Shape<6>, st::test::Elsewhere>;

int main() {
    Here model;
    st::TrainingStep<Here, st::CrossEntropy, st::Adam, 4> step{model, st::Adam{}, st::Seed{1}};
    st::TensorOn<st::test::Elsewhere, float, 4, 6> x;
    const std::int32_t labels[4] = {};
#ifdef CORRECT
    step(x.to_host(), labels);
#else
    step(x, labels);
#endif
}
