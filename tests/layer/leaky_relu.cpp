// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/leaky_relu.hpp>

#include <cmath>

#include "../support/probe.hpp"

namespace st = strata;

TEST_CASE("the slope below 0 is a hundredth unless told, with its gradient") {
    st::test::check_activation<st::LeakyRelu<>>([](double x) { return x > 0 ? x : 0.01 * x; });
}
TEST_CASE("another slope, in thousandths") {
    st::test::check_activation<st::LeakyRelu<200>>([](double x) { return x > 0 ? x : 0.2 * x; });
}
