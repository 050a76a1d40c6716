// SPDX-License-Identifier: BSL-1.0
#include <strata/layer/softmax.hpp>

#include <cmath>
#include <type_traits>
#include <vector>

#include "../support/probe.hpp"

namespace st = strata;

namespace {
// On the last axis of [3, 3, 5], straight from the definition; the values are small enough for that.
std::vector<double> shares(const std::vector<double>& x, bool logarithm) {
    std::vector<double> y(x.size());
    for (std::size_t row = 0; row < x.size(); row += 5) {
        double total = 0;
        for (std::size_t k = 0; k < 5; ++k) total += std::exp(x[row + k]);
        for (std::size_t k = 0; k < 5; ++k) y[row + k] = logarithm ? x[row + k] - std::log(total) : std::exp(x[row + k]) / total;
    }
    return y;
}
template <class L>
void check(bool logarithm) {
    st::test::Probe<L, st::Shape<3, 5>> probe;
    static_assert(std::is_same_v<typename decltype(probe)::Output, st::Shape<3, 5>>);
    const auto infer = probe.infer(), train = probe.train(), wanted = shares(probe.x, logarithm);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        CHECK(infer[i] == doctest::Approx(wanted[i]).epsilon(1e-13));
        CHECK(train[i] == doctest::Approx(wanted[i]).epsilon(1e-13));
    }
    probe.check_gradient();
}
}  // namespace

TEST_CASE("softmax over the last axis") { check<st::Softmax>(false); }
TEST_CASE("its logarithm") { check<st::LogSoftmax>(true); }
