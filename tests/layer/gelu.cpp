// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/gelu.hpp>

#include <cmath>

#include "../support/probe.hpp"

namespace st = strata;

TEST_CASE("by erf: x times the normal distribution function, with its gradient") {
    st::test::check_activation<st::Gelu>([](double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); });
}
TEST_CASE("by tanh, with its gradient") {
    st::test::check_activation<st::GeluTanh>(
        [](double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x))); });
}
