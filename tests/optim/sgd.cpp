// SPDX-License-Identifier: BSL-1.0
#include <strata/optim/sgd.hpp>

#include "../support/golden_nets.hpp"

namespace st = strata;
using st::test::check_golden_runs;
using st::test::Mlp;

TEST_CASE("what each keeps beside the parameters") {
    static_assert(st::Sgd::moments == 0 && st::Momentum::moments == 1 && st::Nesterov::moments == 1);
}
TEST_CASE("SGD beside PyTorch's") { check_golden_runs<Mlp>("mlp", "sgd", st::Sgd{0.1}); }
TEST_CASE("momentum beside PyTorch's") { check_golden_runs<Mlp>("mlp", "momentum", st::Momentum{0.05, 0.9}); }
TEST_CASE("Nesterov beside PyTorch's") { check_golden_runs<Mlp>("mlp", "nesterov", st::Nesterov{0.05, 0.9}); }
