// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/average.hpp>

#include <doctest/doctest.h>

using strata::Average;

TEST_CASE("ratio: nothing of nothing is 0") {
    static_assert(strata::ratio(1, 4) == 0.25);
    static_assert(strata::ratio(0, 0) == 0.0);
    static_assert(strata::ratio(3, 0) == 0.0);
}

TEST_CASE("average: macro over all classes, weighted by support, micro as given") {
    strata::ConfusionMatrix<3> m;
    m.add(0, 1, 6), m.add(1, 1, 2);
    const auto figure = [](int label) { return label + 1.0; };
    CHECK(strata::detail::average(m, Average::macro, 0.5, figure) == doctest::Approx(2.0));
    CHECK(strata::detail::average(m, Average::weighted, 0.5, figure) == doctest::Approx((6 * 1.0 + 2 * 2.0) / 8));
    CHECK(strata::detail::average(m, Average::micro, 0.5, figure) == 0.5);
    CHECK(strata::detail::average(strata::ConfusionMatrix<3>{}, Average::weighted, 0, figure) == 0.0);
}
