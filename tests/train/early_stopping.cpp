// SPDX-License-Identifier: BSL-1.0
#include <strata/train/early_stopping.hpp>

#include <doctest/doctest.h>

#include <limits>

using strata::EarlyStopping;

TEST_CASE("early stopping: a loss; patience counts updates in a row without a better one") {
    EarlyStopping s{.patience = 2};
    CHECK_FALSE(s.improved());
    CHECK_FALSE(s.stop());
    CHECK(s.update(1.0));
    CHECK_FALSE(s.update(1.0));  // equal is not better
    CHECK_FALSE(s.stop());
    CHECK(s.update(0.5));
    CHECK(s.improved());
    CHECK_FALSE(s.update(0.7));
    CHECK_FALSE(s.improved());
    CHECK_FALSE(s.stop());
    CHECK_FALSE(s.update(0.6));
    CHECK(s.stop());
    CHECK(s.state.best == 0.5);
    CHECK(s.state.best_update == 3);
    CHECK(s.state.updates == 5);
}

TEST_CASE("early stopping: an accuracy; min_delta") {
    EarlyStopping s{.patience = 1, .min_delta = 0.125, .mode = EarlyStopping::Mode::max};
    CHECK(s.update(0.0));
    CHECK(s.update(0.25));
    CHECK_FALSE(s.update(0.375));  // by just min_delta is not by more
    CHECK(s.stop());
    CHECK(s.state.best == 0.25);
    EarlyStopping loss{.min_delta = 0.125};
    loss.update(-1);
    CHECK_FALSE(loss.update(-1.125));
    CHECK(loss.update(-1.25));
}

TEST_CASE("early stopping: NaN is never better, not even first") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EarlyStopping s{.patience = 2};
    CHECK_FALSE(s.update(nan));
    CHECK_FALSE(s.stop());
    CHECK(s.update(3));
    CHECK_FALSE(s.update(nan));
    CHECK_FALSE(s.update(nan));
    CHECK(s.stop());
    CHECK(s.state.best == 3);
    EarlyStopping from_infinity{.patience = 2};
    CHECK(from_infinity.update(std::numeric_limits<double>::infinity()));
    CHECK(from_infinity.update(1e300));
}

TEST_CASE("early stopping: a copy goes on where it was; senseless settings are errors") {
    EarlyStopping a{.patience = 3};
    a.update(1), a.update(2);
    EarlyStopping b{.patience = 3};
    b.state = a.state;
    for (const double v : {1.5, 0.9, 0.95}) CHECK(a.update(v) == b.update(v));
    CHECK(a.state == b.state);
    EarlyStopping none{.patience = 0}, negative{.min_delta = -1},
        nothing{.min_delta = std::numeric_limits<double>::quiet_NaN()};
    CHECK_THROWS_AS(none.update(1), strata::DataError);
    CHECK_THROWS_AS(negative.update(1), strata::DataError);
    CHECK_THROWS_AS(nothing.update(1), strata::DataError);
}
