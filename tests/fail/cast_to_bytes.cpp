// expect: CastToNoElement<unsigned char>.*elements are float, double, bool, std::int32_t, std::int64_t, bf16 or f16|elements are float, double, bool, std::int32_t, std::int64_t, bf16 or f16.*CastToNoElement<unsigned char>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 3> x;
#ifdef CORRECT
    st::Tensor<float, 3> y = x + st::cast<float>(st::cast<std::int32_t>(x));
#else
    st::Tensor<float, 3> y = x + st::cast<float>(st::cast<std::uint8_t>(x));
#endif
}
