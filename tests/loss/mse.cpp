// SPDX-License-Identifier: BSL-1.0
#include <strata/loss/mse.hpp>

#include <vector>

#include "../support/loss.hpp"

namespace st = strata;

TEST_CASE("beside PyTorch's") {
    const st::test::Golden golden{"ops_loss.txt"};
    st::test::check_golden_losses<st::MeanSquaredError, 4, 5>(golden, "mse.plain", golden.values("mse.plain.x1"));
}
TEST_CASE("by hand: the mean over samples and elements") {
    st::test::Scores<st::MeanSquaredError, double, 2, 2> net;
    CHECK(net.loss({1, 2, 3, 4}, {1, 2, 3, 4}) == 0);
    CHECK(net.loss({1, 2, 3, 4}, {0, 2, 3, 1}) == (1 + 9) / 4.0);
    CHECK(net.step.gradients()[0] == 2 * 1 / 4.0);
    CHECK(net.step.gradients()[3] == 2 * 3 / 4.0);
    static_assert(!st::MeanSquaredError::classifies);
}
