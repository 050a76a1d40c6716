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
    st::Session<Here, 4> session{model};
    st::TensorOn<st::test::Elsewhere, float, 4, 6> x;
    st::Tensor<float, 4, 4> y;
#ifdef CORRECT
    session(x.to_host(), y);
#else
    session(x, y);
#endif
}
