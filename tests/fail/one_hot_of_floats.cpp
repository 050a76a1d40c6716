// expect: OneHot<3>.*float, ?int
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 4> marks;
#ifdef CORRECT
    st::Tensor<bool, 4, 3> y = st::one_hot<3>(st::cast<int>(marks));
#else
    st::Tensor<bool, 4, 3> y = st::one_hot<3>(marks);
#endif
}
