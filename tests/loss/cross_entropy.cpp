// SPDX-License-Identifier: BSL-1.0
#include <strata/loss/cross_entropy.hpp>

#include <cmath>
#include <vector>

#include "../support/loss.hpp"

namespace st = strata;
using st::test::check_golden_losses;

namespace {
const st::test::Golden& golden() {
    static const st::test::Golden g{"ops_loss.txt"};
    return g;
}
}  // namespace

TEST_CASE("labels beside PyTorch's") {
    check_golden_losses<st::CrossEntropy, 6, 5>(golden(), "cross_entropy.labels", golden().values("cross_entropy.labels.x1"));
}
TEST_CASE("scores of hundreds neither overflow nor cancel") {
    check_golden_losses<st::CrossEntropy, 6, 5>(golden(), "cross_entropy.large", golden().values("cross_entropy.large.x1"));
}
TEST_CASE("a distribution for each sample") {
    check_golden_losses<st::SoftCrossEntropy, 6, 5>(golden(), "cross_entropy.shares", golden().values("cross_entropy.shares.x1"));
}
TEST_CASE("label smoothing is a distribution too") {
    const auto& labels = golden().values("cross_entropy.smooth.x1");
    const double smoothing = golden().values("cross_entropy.smooth.attributes")[0];
    std::vector<double> shares(30, smoothing / 5);
    for (std::size_t i = 0; i < 6; ++i) shares[5 * i + static_cast<std::size_t>(labels[i])] += 1 - smoothing;
    st::test::check_golden_loss<st::SoftCrossEntropy, double, 6, 5>(golden(), "cross_entropy.smooth", shares, 1e-13);
}
TEST_CASE("equal scores cost log(classes), a sure and right answer nothing, a sure and wrong one its distance") {
    st::test::Scores<st::CrossEntropy, double, 2, 4> net;
    CHECK(net.loss(std::vector<double>(8, 3.5), {0, 3}) == doctest::Approx(std::log(4.0)).epsilon(1e-14));
    CHECK(net.loss({900, 0, 0, 0, 0, 0, 0, 900}, {0, 3}) == 0);
    CHECK(net.loss({900, 0, 0, 0, 0, 0, 0, 900}, {1, 3}) == doctest::Approx(450));
}
TEST_CASE("what trainers ask: both classify") {
    static_assert(st::CrossEntropy::classifies && st::SoftCrossEntropy::classifies);
}
