// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/relu.hpp>

#include <cmath>

#include "../support/probe.hpp"

namespace st = strata;

TEST_CASE("relu is max(x, 0), in both modes, with its gradient") {
    st::test::check_activation<st::Relu>([](double x) { return x > 0 ? x : 0.0; });
}
