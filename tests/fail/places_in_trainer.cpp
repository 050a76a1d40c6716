// expect: ModelIsElsewhere.*InTraining.*Host, strata::test::Elsewhere
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>
#include <strata/train.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;
using Net = st::Sequential<st::Dense<8>, st::Relu, st::Dense<4>>;
using Here = st::Model<Net, st::Shape<6>>;
using There = st::Model<Net, st::Shape<6>, st::test::Elsewhere>;

int main() {
#ifdef CORRECT
    Here model;
#else
    There model;
#endif
    st::Trainer<Here, st::CrossEntropy, st::Adam, 4> trainer{model, st::CrossEntropy{}, st::Adam{}, st::batch<4>};
}
