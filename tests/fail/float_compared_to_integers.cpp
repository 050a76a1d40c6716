// expect: FloatingNumberBesideIntegers<strata::InAssignment, strata::LessOp, long( int)?,
// SPDX-License-Identifier: BSL-1.0
#include <cstdint>

#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<std::int64_t, 2, 3> n;
#ifdef CORRECT
    st::Tensor<bool, 2, 3> y = n < 3;
#else
    st::Tensor<bool, 2, 3> y = n < 2.5;
#endif
}
