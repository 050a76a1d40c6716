// expect: SoftmaxOver<strata::Axes<-3> ?>.*Shape<2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::softmax(x, st::axis<-2>);
#else
    st::Tensor<float, 2, 3> y = st::softmax(x, st::axis<-3>);
#endif
}
