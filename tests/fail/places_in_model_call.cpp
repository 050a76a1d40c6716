// expect: PlacesDoNotFit.*Elsewhere, strata::([a-z0-9]+::)?Host
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;
using Net = st::Sequential<st::Dense<8>, st::Relu, st::Dense<4>>;
using Here = st::Model<Net, st::Shape<6>>;
using There = st::Model<Net, st::Shape<6>, st::test::Elsewhere>;

int main() {
    There model;
    st::Tensor<float, 6> x;
#ifdef CORRECT
    const auto y = model(st::TensorOn<st::test::Elsewhere, float, 6>(x));
#else
    const auto y = model(x);
#endif
}
