// expect: ElementsAreElsewhere.*Elsewhere
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

#include "../support/elsewhere.hpp"

namespace st = strata;

int main() {
    st::TensorOn<st::test::Elsewhere, float, 2, 3> there;
#ifdef CORRECT
    return there.to_host()(1, 2) > 0;
#else
    return there(1, 2) > 0;
#endif
}
