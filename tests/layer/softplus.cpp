// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/softplus.hpp>

#include <cmath>

#include "../support/probe.hpp"

namespace st = strata;

TEST_CASE("log(1 + exp(x)) in both modes, with its gradient") {
    st::test::check_activation<st::Softplus>([](double x) { return std::log1p(std::exp(x)); });
}
