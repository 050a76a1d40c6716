// expect: NotASample<strata::TensorOn<strata::([a-z0-9]+::)?Host, float, 784>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Net = st::Sequential<st::Dense<64>, st::Relu, st::Dense<10>>;

int main() {
#ifdef CORRECT
    st::Model<Net, st::Shape<784>> model;
#else
    st::Model<Net, st::Tensor<float, 784>> model;
#endif
}
