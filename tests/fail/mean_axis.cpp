// expect: Axes<0, ?4>.*Shape<2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float, 3> y = st::mean(x, st::axes<0>);
#else
    st::Tensor<float, 3> y = st::mean(x, st::axes<0, 4>);
#endif
}
