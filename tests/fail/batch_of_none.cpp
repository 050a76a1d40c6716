// expect: Batch<0>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    constexpr auto capacity = st::batch<1>;
#else
    constexpr auto capacity = st::batch<0>;
#endif
    return capacity.capacity;
}
