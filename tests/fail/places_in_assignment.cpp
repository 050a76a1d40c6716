// expect: PlacesDoNotFit.*InAssignment.*Host.*Elsewhere
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;

int main() {
    st::TensorOn<st::test::Elsewhere, float, 2, 3> there;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::relu(there.to_host());
#else
    st::Tensor<float, 2, 3> y = st::relu(there);
#endif
}
