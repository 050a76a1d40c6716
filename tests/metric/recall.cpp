// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/recall.hpp>

#include <doctest/doctest.h>

#include "../golden/metrics.hpp"

using strata::Average;

TEST_CASE("recall: by hand") {
    strata::ConfusionMatrix<3> m;
    CHECK(strata::recall(m, 0) == 0.0);
    CHECK(strata::recall(m) == 0.0);
    CHECK(strata::recall(m, Average::micro) == 0.0);
    CHECK(strata::recall(m, Average::weighted) == 0.0);
    m.add(0, 0), m.add(1, 0), m.add(2, 2, 3);
    CHECK(strata::recall(m, 0) == 1.0);
    CHECK(strata::recall(m, 1) == 0.0);
    CHECK(strata::recall(m, 2) == 1.0);
    CHECK(strata::recall(m) == doctest::Approx(2.0 / 3));
    CHECK(strata::recall(m, Average::weighted) == doctest::Approx(0.8));
    CHECK(strata::recall(m, Average::micro) == doctest::Approx(0.8));
}

TEST_CASE("recall: as scikit-learn has it, empty classes included") {
    namespace g = golden::metrics;
    strata::ConfusionMatrix<g::classes> m;
    int i = 0;
    for (const int truth : g::truth) m.add(truth, g::predicted[i++]);
    for (int k = 0; k < g::classes; ++k)
        CHECK(strata::recall(m, k) == doctest::Approx(g::recall_of_class[k]).epsilon(1e-12));
    CHECK(strata::recall(m, Average::macro) == doctest::Approx(g::recall_macro).epsilon(1e-12));
    CHECK(strata::recall(m, Average::micro) == doctest::Approx(g::recall_micro).epsilon(1e-12));
    CHECK(strata::recall(m, Average::weighted) == doctest::Approx(g::recall_weighted).epsilon(1e-12));
}
