// expect: PlacesDoNotFit.*AddOp.*Elsewhere.*Host
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;

int main() {
    st::TensorOn<st::test::Elsewhere, float, 2, 3> there;
    st::Tensor<float, 2, 3> here;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::relu(there.to_host() * 2) + here;
#else
    st::Tensor<float, 2, 3> y = st::relu(there * 2) + here;
#endif
}
