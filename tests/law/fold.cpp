// SPDX-License-Identifier: BSL-1.0
// Folds, and what is made of them, keep the laws.
#include <strata/op.hpp>

#include "../support/law.hpp"

namespace strata::test {

using S = Shape<3, 5, 4>;

TEST_CASE("laws of folds") {
    check_laws<S>("sum", [](const auto& x) { return sum(x * x, axis<1>); });
    check_laws<S>("mean", [](const auto& x) { return mean(x * x, axes<0, 2>); });
    check_laws<S>("max", [](const auto& x) { return max(x, axis<0>); });
    check_laws<S>("min", [](const auto& x) { return min(x, axis<2>); });
    check_laws<S>("variance", [](const auto& x) { return variance(x, axis<2>); });
    check_laws<Shape<3, 5>>("any", [](const auto& x) { return select(any(x > 0.5, axis<0>), x * x, x); });
    check_laws<Shape<3, 5>>("argmax", [](const auto& x) { return select(one_hot<5>(argmax(x)), x * x, 0); });
    check_laws<Shape<3, 5>>("argmax", [](const auto& x) { return select(transpose<1, 0>(one_hot<3>(argmax(x, axis<0>))), x * x, 0); });
}

TEST_CASE("laws of softmax and its logarithms") {
    check_laws<S>("softmax", [](const auto& x) { return softmax(x); });
    check_laws<S>("softmax", [](const auto& x) { return log_softmax(x, axis<1>); });
    check_laws<S>("softmax", [](const auto& x) { return logsumexp(x, axes<0, 2>); });
}

}  // namespace strata::test
