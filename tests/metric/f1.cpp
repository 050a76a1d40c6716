// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/f1.hpp>

#include <doctest/doctest.h>

#include "../golden/metrics.hpp"

using strata::Average;

TEST_CASE("f1: by hand") {
    strata::ConfusionMatrix<3> m;
    CHECK(strata::f1(m, 0) == 0.0);
    CHECK(strata::f1(m) == 0.0);
    CHECK(strata::f1(m, Average::micro) == 0.0);
    CHECK(strata::f1(m, Average::weighted) == 0.0);
    m.add(0, 0), m.add(1, 0), m.add(2, 2, 3);
    CHECK(strata::f1(m, 0) == doctest::Approx(2.0 / 3));
    CHECK(strata::f1(m, 1) == 0.0);
    CHECK(strata::f1(m, 2) == 1.0);
    CHECK(strata::f1(m) == doctest::Approx(5.0 / 9));  // the mean of F1, not the F1 of means (4 / 7)
    CHECK(strata::f1(m, Average::weighted) == doctest::Approx((2.0 / 3 + 3) / 5));
    CHECK(strata::f1(m, Average::micro) == doctest::Approx(0.8));
}

TEST_CASE("f1: as scikit-learn has it, empty classes included") {
    namespace g = golden::metrics;
    strata::ConfusionMatrix<g::classes> m;
    int i = 0;
    for (const int truth : g::truth) m.add(truth, g::predicted[i++]);
    for (int k = 0; k < g::classes; ++k) CHECK(strata::f1(m, k) == doctest::Approx(g::f1_of_class[k]).epsilon(1e-12));
    CHECK(strata::f1(m, Average::macro) == doctest::Approx(g::f1_macro).epsilon(1e-12));
    CHECK(strata::f1(m, Average::micro) == doctest::Approx(g::f1_micro).epsilon(1e-12));
    CHECK(strata::f1(m, Average::weighted) == doctest::Approx(g::f1_weighted).epsilon(1e-12));
}
