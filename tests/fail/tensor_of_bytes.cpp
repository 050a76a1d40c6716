// expect: elements are float, double, bool, std::int32_t, std::int64_t, bf16 or f16
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    const st::Tensor<float, 3> x{1, 2, 3};
#ifdef CORRECT
    st::Tensor<std::int32_t, 3> y{1, 2, 3};
#else
    st::Tensor<std::uint8_t, 3> y{1, 2, 3};
#endif
    st::Tensor<float, 3> z = st::cast<float>(y) + x;
}
