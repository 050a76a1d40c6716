// expect: TypesDoNotFit<strata::InAssignment, strata::LessOp, bool, bool>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<bool, 3> a, b;
#ifdef CORRECT
    st::Tensor<bool, 3> y = !a && b;
#else
    st::Tensor<bool, 3> y = a < b;
#endif
}
