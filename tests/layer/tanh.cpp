// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/tanh.hpp>

#include <cmath>

#include "../support/probe.hpp"

namespace st = strata;

TEST_CASE("tanh in both modes, with its gradient") {
    st::test::check_activation<st::Tanh>([](double x) { return std::tanh(x); });
}
