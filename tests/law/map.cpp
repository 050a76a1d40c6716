// SPDX-License-Identifier: BSL-1.0
// Ops on elements keep the laws.
#include <strata/op.hpp>

#include "../support/law.hpp"

namespace strata::test {

using S = Shape<3, 7>;

TEST_CASE("laws of maps of one operand") {
    check_laws<S>("abs", abs);
    check_laws<S>("cast", [](const auto& x) { return select(cast<bool>(x), x, 0); });
    check_laws<S>("detach", [](const auto& x) { return detach(x) * x; });
    check_laws<S>("dropout", [](const auto& x) { return dropout(x, 0.5); });
    check_laws<S>("erf", erf);
    check_laws<S>("exp", exp);
    check_laws<S>("index", [](const auto& x) { return select(index<7>() < 3, x, x * x); });
    check_laws<S>("leaky_relu", [](const auto& x) { return leaky_relu(x); });
    check_laws<S>("log", log, 0.1, 4);
    check_laws<S>("logical", [](const auto& x) { return select(logical_and(x > -1, logical_not(x > 1)), x * x, x); });
    check_laws<S>("negate", negate);
    check_laws<S>("normal_cdf", normal_cdf);
}

}  // namespace strata::test
