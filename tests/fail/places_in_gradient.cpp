// expect: PlacesDoNotFit.*InGradient.*Host.*Elsewhere
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;

int main() {
    st::TensorOn<st::test::Elsewhere, float, 2, 3> there;
    st::Tensor<float, 2, 3> here;
#ifdef CORRECT
    auto [d] = st::gradient(st::sum(st::square(here)), here);
#else
    auto [d] = st::gradient(st::sum(st::square(here)), there);
#endif
}
