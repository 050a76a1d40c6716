// expect: BodyDoesNotTake<strata::(Gelu|Silu)[A-Za-z]*, ?2>::Operands<strata::InAssignment>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> x;
#ifdef CORRECT
    st::Tensor<float, 2, 3> y = st::silu(x);
#else
    st::Tensor<float, 2, 3> y = st::silu(x, 2);
#endif
}
