// SPDX-License-Identifier: BSL-1.0
#include <strata/loss/bce.hpp>

#include <cmath>
#include <string>
#include <vector>

#include "../support/loss.hpp"

namespace st = strata;

TEST_CASE("beside PyTorch's: labels, shares, and scores where a naive form overflows") {
    const st::test::Golden golden{"ops_loss.txt"};
    for (const char* name : {"bce_with_logits.labels", "bce_with_logits.shares", "bce_with_logits.large"})
        st::test::check_golden_losses<st::BinaryCrossEntropy, 6, 3>(golden, name, golden.values(std::string(name) + ".x1"));
}
TEST_CASE("a score of 0 costs log 2 whatever the target; its gradient is sigmoid - target") {
    st::test::Scores<st::BinaryCrossEntropy, double, 1, 2> net;
    CHECK(net.loss({0, 0}, {1, 0}) == doctest::Approx(std::log(2.0)).epsilon(1e-15));
    CHECK(net.step.gradients()[0] == doctest::Approx(-0.25).epsilon(1e-15));
    CHECK(net.step.gradients()[1] == doctest::Approx(0.25).epsilon(1e-15));
    static_assert(!st::BinaryCrossEntropy::classifies);
}
TEST_CASE_TEMPLATE("a score that is right by far costs what little it should, to every digit", T, float, double) {
    st::test::Scores<st::BinaryCrossEntropy, T, 1, 1> net;
    for (int score = -80; score <= 80; ++score) {
        CAPTURE(score);
        CHECK(static_cast<double>(net.loss({static_cast<double>(score)}, {0})) == doctest::Approx(std::log1p(std::exp(score))).epsilon(sizeof(T) == 4 ? 1e-6 : 1e-13).scale(0));
    }
}
