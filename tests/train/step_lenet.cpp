// SPDX-License-Identifier: BSL-1.0
// A small LeNet: ten steps beside PyTorch's with each optimiser.
#include <strata/train/step.hpp>

#include <strata/optim/adam.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/golden_nets.hpp"

namespace st = strata;
using st::test::check_golden_run;
using st::test::LeNet;

TEST_CASE("SGD, in float and double") { st::test::check_golden_runs<LeNet>("lenet", "sgd", st::Sgd{0.1}); }
TEST_CASE("Adam, in float and double") { st::test::check_golden_runs<LeNet>("lenet", "adam", st::Adam{.rate = 0.01}); }
TEST_CASE("momentum") { check_golden_run<LeNet<float>>("lenet", "momentum", st::Momentum{0.05, 0.9}, 1e-5); }
TEST_CASE("Nesterov") { check_golden_run<LeNet<float>>("lenet", "nesterov", st::Nesterov{0.05, 0.9}, 1e-5); }
TEST_CASE("AdamW") { check_golden_run<LeNet<float>>("lenet", "adamw", st::AdamW{.rate = 0.01, .decay = 0.01}, 1e-5); }
TEST_CASE("in a larger capacity, with most of it unused") { check_golden_run<LeNet<float>, 37>("lenet", "sgd", st::Sgd{0.1}, 1e-5); }
