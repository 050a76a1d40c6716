// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/accuracy.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "../golden/metrics.hpp"

using strata::top_k_accuracy;

TEST_CASE("accuracy: correct of all") {
    strata::ConfusionMatrix<2> m;
    CHECK(strata::accuracy(m) == 0.0);
    m.add(0, 0, 3), m.add(1, 0);
    CHECK(strata::accuracy(m) == 0.75);
}

TEST_CASE("top-k accuracy: as scikit-learn has it") {
    namespace g = golden::metrics;
    for (int k = 1; k <= 5; ++k)
        CHECK(top_k_accuracy(g::scores, g::labels, k) == doctest::Approx(g::top_k[k - 1]).epsilon(1e-12));
    CHECK(top_k_accuracy(g::scores, g::labels, 50) == 1.0);
}

TEST_CASE("top-k accuracy: ties go to the lower number, NaN is never high") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<std::int32_t> first{0}, second{1};
    const std::vector<float> tied{2, 2, 1}, missing{nan, 1, 0};
    CHECK(top_k_accuracy(tied, first, 1) == 1.0);
    CHECK(top_k_accuracy(tied, second, 1) == 0.0);
    CHECK(top_k_accuracy(tied, second, 2) == 1.0);
    CHECK(top_k_accuracy(missing, first, 3) == 0.0);
    CHECK(top_k_accuracy(missing, second, 1) == 1.0);
}

TEST_CASE("top-k accuracy: what does not fit is an error") {
    const std::vector<float> scores{1, 2, 3, 4};
    const std::vector<std::int32_t> labels{0, 1}, odd{0, 1, 0}, outside{0, 2}, negative{-1, 0}, none;
    CHECK(top_k_accuracy({}, {}, 1) == 0.0);
    CHECK(top_k_accuracy(scores, labels, 1) == 0.5);
    CHECK_THROWS_WITH_AS(top_k_accuracy(scores, outside, 1),
                         "strata: label 2 of sample 1 does not lie in the classes 0 to 1; check the labels",
                         strata::DataError);
    CHECK_THROWS_AS(top_k_accuracy(scores, negative, 1), strata::DataError);
    CHECK_THROWS_AS(top_k_accuracy(scores, odd, 1), strata::DataError);
    CHECK_THROWS_AS(top_k_accuracy(scores, none, 1), strata::DataError);
    CHECK_THROWS_AS(top_k_accuracy({}, labels, 1), strata::DataError);
    CHECK_THROWS_AS(top_k_accuracy(scores, labels, 0), strata::DataError);
}
