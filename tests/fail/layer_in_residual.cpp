// expect: AtLayer<4, ?strata::MaxPool2d<3.*MaxPoolOp.*, 3, 2, strata::Shape<1, 4, 2, 2>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

#ifdef CORRECT
using Net = st::Sequential<st::Conv2d<4, 3>, st::Residual<st::Relu, st::Sequential<st::Tanh, st::MaxPool2d<1>>>>;
#else
using Net = st::Sequential<st::Conv2d<4, 3>, st::Residual<st::Relu, st::Sequential<st::Tanh, st::MaxPool2d<3>>>>;
#endif

int main() {
    st::Model<Net, st::Shape<1, 4, 4>> model;
}
