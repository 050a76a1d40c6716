// SPDX-License-Identifier: BSL-1.0
// A residual net with batch normalisation: ten steps beside PyTorch's, parameters and running statistics.
#include <strata/train/step.hpp>

#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/golden_nets.hpp"

namespace st = strata;
using st::test::ResidualNet;

TEST_CASE("SGD, in float and double") { st::test::check_golden_runs<ResidualNet>("residual", "sgd", st::Sgd{0.1}); }
TEST_CASE("Adam, in float and double") { st::test::check_golden_runs<ResidualNet>("residual", "adam", st::Adam{.rate = 0.01}); }
