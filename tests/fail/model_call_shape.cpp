// expect: Shape<784>.*Shape<28, 28>|Tensor.*28, 28.*784
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;
using Net = st::Sequential<st::Dense<64>, st::Relu, st::Dense<10>>;

int main() {
    st::Model<Net, st::Shape<784>> model;
    st::Tensor<float, 28, 28> image;
#ifdef CORRECT
    const auto scores = model(st::Tensor<float, 784>(st::reshape<st::Shape<784>>(image)));
#else
    const auto scores = model(image);
#endif
}
