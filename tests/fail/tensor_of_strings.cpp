// expect: elements are float, double, bool, std::int32_t, std::int64_t, bf16 or f16
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
#ifdef CORRECT
    st::Tensor<bool, 3> x;
#else
    st::Tensor<std::string, 3> x;
#endif
}
