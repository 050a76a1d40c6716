// expect: MeanOver<strata::Axes<> ?>, bool>.*cast<T>|cast<T>.*MeanOver<strata::Axes<> ?>, bool>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float> y = st::mean(st::cast<float>(x > 0));
#else
    st::Tensor<float> y = st::mean(x > 0);
#endif
}
