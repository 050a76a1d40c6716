// SPDX-License-Identifier: BSL-1.0
// The residual net under the other optimisers.
#include <strata/train/step.hpp>

#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/golden_nets.hpp"

namespace st = strata;
using st::test::check_golden_run;
using Net = st::test::ResidualNet<float>;

TEST_CASE("momentum") { check_golden_run<Net>("residual", "momentum", st::Momentum{0.05, 0.9}, 1e-5); }
TEST_CASE("Nesterov") { check_golden_run<Net>("residual", "nesterov", st::Nesterov{0.05, 0.9}, 1e-5); }
TEST_CASE("AdamW") { check_golden_run<Net>("residual", "adamw", st::AdamW{.rate = 0.01, .decay = 0.01}, 1e-5); }
