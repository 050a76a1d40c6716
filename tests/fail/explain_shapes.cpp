// expect: MatmulOp.*Shape<2, 3>, strata::Shape<2, 3>
// SPDX-License-Identifier: BSL-1.0
#include <strata/strata.hpp>

namespace st = strata;

int main() {
    st::Tensor<float, 2, 3> a, b;
#ifdef CORRECT
    const auto y = st::matmul(a, st::transpose(b));
#else
    const auto y = st::matmul(a, b);
#endif
    return st::explain<decltype(y)>().empty() ? 1 : 0;
}
