// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/sigmoid.hpp>

#include <cmath>

#include "../support/probe.hpp"

namespace st = strata;

TEST_CASE("the logistic function in both modes, with its gradient") {
    st::test::check_activation<st::Sigmoid>([](double x) { return 1 / (1 + std::exp(-x)); });
}
