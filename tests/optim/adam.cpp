// SPDX-License-Identifier: BSL-1.0
#include <strata/optim/adam.hpp>

#include <cmath>

#include "../support/golden_nets.hpp"

namespace st = strata;
using st::test::check_golden_runs;
using st::test::Mlp;

TEST_CASE("Adam beside PyTorch's") { check_golden_runs<Mlp>("mlp", "adam", st::Adam{.rate = 0.01}); }
TEST_CASE("AdamW beside PyTorch's") { check_golden_runs<Mlp>("mlp", "adamw", st::AdamW{.rate = 0.01, .decay = 0.01}); }
TEST_CASE("powers of any step") {
    CHECK(st::detail::power(0.9, 0) == 1);
    CHECK(st::detail::power(0.9, 1) == 0.9);
    for (long n : {2L, 3L, 10L, 63L, 1000L, 12345L}) CHECK(st::detail::power(0.999, n) == doctest::Approx(std::pow(0.999, static_cast<double>(n))).epsilon(1e-11));
    CHECK(st::detail::power(0.9, 1L << 40) == 0);
}
TEST_CASE("the numbers of a step undo the bias of the beginning") {
    double own[st::Adam::scalars] = {};
    st::Adam{.rate = 0.1, .beta1 = 0.8, .beta2 = 0.99}.numbers(3, own);
    const double wanted[] = {0.8, 0.2, 0.99, 0.01, 1 / (1 - 0.512), 1 / std::sqrt(1 - 0.970299), 1e-8};
    for (int i = 0; i < st::Adam::scalars; ++i) CHECK(own[i] == doctest::Approx(wanted[i]).epsilon(1e-12));
}
