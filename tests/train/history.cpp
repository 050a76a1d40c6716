// SPDX-License-Identifier: BSL-1.0
#include <strata/train/history.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <limits>

using strata::History;

namespace {
const double no_number = std::numeric_limits<double>::quiet_NaN();
const History history{.epochs = {{.epoch = 1,
                                  .loss = 0.5,
                                  .accuracy = 0.75,
                                  .validation_loss = 0.25,
                                  .validation_accuracy = 1,
                                  .rate = 0.001f,
                                  .seconds = 12.34,
                                  .steps = 7},
                                 {.epoch = 2, .loss = no_number, .validation_loss = 0.1, .rate = 1e-5, .seconds = 1}}};
}  // namespace

TEST_CASE("history: as comma-separated values; what is absent is empty, NaN is nan") {
    CHECK(history.csv() ==
          "epoch,loss,accuracy,validation_loss,validation_accuracy,rate,seconds,steps\n"
          "1,0.5,0.75,0.25,1,0.0010000000474974513,12.34,7\n"
          "2,nan,,0.1,,1e-05,1,0\n");
    CHECK(History{}.csv() == "epoch,loss,accuracy,validation_loss,validation_accuracy,rate,seconds,steps\n");
}

TEST_CASE("history: numbers read back to the same bits") {
    for (const double value : {1.0 / 3, 0.1, 1e-300, 2.2250738585072014e-308, 123456789.123456789}) {
        History h{.epochs = {{.epoch = 7, .loss = value}}};
        const std::string csv = h.csv();
        CHECK(std::strtod(csv.c_str() + csv.find("\n7,") + 3, nullptr) == value);
    }
}

TEST_CASE("history: comma-separated values are read back") {
    CHECK(History::from_csv(history.csv()).csv() == history.csv());
    CHECK(History::from_csv(History{}.csv()).epochs.empty());
    const std::string names = History{}.csv();
    CHECK_THROWS_WITH_AS(History::from_csv(""), doctest::Contains("line 1 of a history does not name its columns"), strata::DataError);
    CHECK_THROWS_WITH_AS(History::from_csv(names + "1,0.5,,,,x,1,0\n"), doctest::Contains("line 2 of a history holds what is no number"), strata::DataError);
    for (const char* row : {"1,0.5,,,,1,1\n", "1,0.5,,,,1,1,1,1\n", "0,0.5,,,,1,1,1\n", ",0.5,,,,1,1,1\n", "nan,1,,,,1,1,1\n", "\n", "1e300,1,,,,1,1,1\n", "1,1,,,,1,1,-1\n"})
        CHECK_THROWS_WITH_AS(History::from_csv(names + row), doctest::Contains("line 2 of a history has other columns"), strata::DataError);
}

TEST_CASE("history: as a table") {
    CHECK(history.text() ==
          "epoch    loss  accuracy  validation loss  validation accuracy   rate  seconds\n"
          "1      0.5000    0.7500           0.2500               1.0000  0.001     12.3\n"
          "2         nan         -           0.1000                    -  1e-05      1.0\n");
}
