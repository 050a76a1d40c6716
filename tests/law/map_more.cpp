// SPDX-License-Identifier: BSL-1.0
// More ops on elements keep the laws: nvcc takes 3 GB for all of them at once.
#include <strata/op.hpp>

#include "../support/law.hpp"

namespace strata::test {

using S = Shape<3, 7>;

TEST_CASE("laws of more maps of one operand") {
    check_laws<S>("log1p", log1p, -0.5, 4);
    check_laws<S>("relu", relu);
    check_laws<S>("rsqrt", rsqrt, 0.1, 4);
    check_laws<S>("sigmoid", sigmoid);
    check_laws<S>("silu", silu);
    check_laws<S>("gelu", gelu);
    check_laws<S>("gelu", gelu_tanh);
    check_laws<S>("softplus", softplus);
    check_laws<S>("sqrt", sqrt, 0.1, 4);
    check_laws<S>("square", square);
    check_laws<S>("tanh", tanh);
}

}  // namespace strata::test
