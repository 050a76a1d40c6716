// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/precision.hpp>

#include <doctest/doctest.h>

#include "../golden/metrics.hpp"

using strata::Average;

TEST_CASE("precision: by hand") {
    strata::ConfusionMatrix<3> m;
    CHECK(strata::precision(m, 0) == 0.0);
    CHECK(strata::precision(m) == 0.0);
    CHECK(strata::precision(m, Average::micro) == 0.0);
    CHECK(strata::precision(m, Average::weighted) == 0.0);
    m.add(0, 0), m.add(1, 0), m.add(2, 2, 3);
    CHECK(strata::precision(m, 0) == 0.5);
    CHECK(strata::precision(m, 1) == 0.0);  // never predicted
    CHECK(strata::precision(m, 2) == 1.0);
    CHECK(strata::precision(m) == doctest::Approx(0.5));
    CHECK(strata::precision(m, Average::weighted) == doctest::Approx((1 * 0.5 + 1 * 0 + 3 * 1.0) / 5));
    CHECK(strata::precision(m, Average::micro) == doctest::Approx(0.8));
}

TEST_CASE("precision: as scikit-learn has it, empty classes included") {
    namespace g = golden::metrics;
    strata::ConfusionMatrix<g::classes> m;
    int i = 0;
    for (const int truth : g::truth) m.add(truth, g::predicted[i++]);
    for (int k = 0; k < g::classes; ++k)
        CHECK(strata::precision(m, k) == doctest::Approx(g::precision_of_class[k]).epsilon(1e-12));
    CHECK(strata::precision(m, Average::macro) == doctest::Approx(g::precision_macro).epsilon(1e-12));
    CHECK(strata::precision(m, Average::micro) == doctest::Approx(g::precision_micro).epsilon(1e-12));
    CHECK(strata::precision(m, Average::weighted) == doctest::Approx(g::precision_weighted).epsilon(1e-12));
}
