// SPDX-License-Identifier: BSL-1.0
// Ops on elements of several operands keep the laws while their operands broadcast.
#include <strata/op.hpp>

#include "../support/law.hpp"

namespace strata::test {

using S = Shape<3, 7>;
using Row = Shape<7>;
using Column = Shape<3, 1>;

TEST_CASE("laws of maps of several operands") {
    check_laws<S, Row>("add", add);
    check_laws<Column, Row>("subtract", subtract);
    check_laws<Row, S>("multiply", multiply);
    check_laws<S, Column>("divide", divide, 0.5, 3);
    check_laws<S, Row>("maximum", maximum);
    check_laws<Column, Row>("minimum", minimum);
    check_laws<S, Row>("pow", pow, 0.5, 2);
    check_laws<S, Row, Column>("clamp", [](const auto& x, const auto& low, const auto& high) { return clamp(x, low, high + 2); });
    check_laws<S, Row, Column>("select", [](const auto& x, const auto& a, const auto& b) { return select(x > 0, a * x, b); });
    check_laws<S, Row>("compare", [](const auto& x, const auto& y) { return select(x < y, x, y * y); });
    check_laws<Column, S>("broadcast", [](const auto& x, const auto& y) { return broadcast_like(x, y) * y; });
}

}  // namespace strata::test
