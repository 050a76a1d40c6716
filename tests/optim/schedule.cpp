// SPDX-License-Identifier: BSL-1.0
#include <strata/optim/schedule.hpp>

#include <cmath>

#include <strata/optim/sgd.hpp>

#include "../support/golden_nets.hpp"

namespace st = strata;

TEST_CASE("constant") {
    for (long step : {0L, 1L, 1000000L}) CHECK(st::ConstantRate{}(step) == 1);
}
TEST_CASE("steps count from 0; each `every` of them the factor is applied once more") {
    const st::StepDecay decay{.every = 3, .factor = 0.5};
    const double wanted[] = {1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25};
    for (long i = 0; i < 8; ++i) CHECK(decay(i) == wanted[i]);
}
TEST_CASE("cosine: warm-up, half a wave, then the least") {
    const st::Cosine cosine{.total = 110, .warm_up = 10, .least = 0.1};
    for (long i = 0; i < 10; ++i) CHECK(cosine(i) == doctest::Approx((i + 1) / 10.0).epsilon(1e-14));
    CHECK(cosine(10) == 1);
    CHECK(cosine(60) == doctest::Approx(0.55).epsilon(1e-12));
    CHECK(cosine(35) == doctest::Approx(0.1 + 0.9 * (1 + std::sqrt(0.5)) / 2).epsilon(1e-12));
    for (long i = 11; i <= 110; ++i) CHECK(cosine(i) < cosine(i - 1));
    CHECK(cosine(110) == 0.1);
    CHECK(cosine(100000) == 0.1);
}
TEST_CASE("cosine without warm-up, and with nothing else, stays finite") {
    CHECK(st::Cosine{.total = 10}(0) == 1);
    const st::Cosine only_warm{.total = 4, .warm_up = 4};
    CHECK(only_warm(3) == 1);
    CHECK(only_warm(4) == 0);
}
TEST_CASE("the rates of the golden run, and ten steps beside PyTorch's") {
    const st::Cosine cosine{.total = 10, .warm_up = 3, .least = 0.1};
    const st::test::Golden golden{"training_mlp.txt"};
    const auto& rates = golden.values("mlp.cosine.rate");
    for (long i = 0; i < 10; ++i) CHECK(0.05 * cosine(i) == doctest::Approx(rates[static_cast<std::size_t>(i)]).epsilon(1e-14));
    st::test::check_golden_runs<st::test::Mlp>("mlp", "cosine", st::Momentum{0.05, 0.9}, cosine);
}
