// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/silu.hpp>

#include <cmath>

#include "../support/probe.hpp"

namespace st = strata;

TEST_CASE("x sigmoid(x) in both modes, with its gradient") {
    st::test::check_activation<st::Silu>([](double x) { return x / (1 + std::exp(-x)); });
}
