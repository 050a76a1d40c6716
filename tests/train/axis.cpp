// SPDX-License-Identifier: BSL-1.0
#include <strata/train/axis.hpp>

#include <doctest/doctest.h>

#include <limits>

using strata::svg::Axis;
using strata::svg::nice_axis;

TEST_CASE("axis: known ranges") {
    const Axis a = nice_axis(0.2377, 0.5312);
    CHECK(a.low == doctest::Approx(0.2));
    CHECK(a.high == doctest::Approx(0.55));
    CHECK(a.ticks() == 8);
    CHECK(a.label(0) == "0.20");
    CHECK(a.label(7) == "0.55");
    const Axis b = nice_axis(0, 100);
    CHECK(b.step == 20);
    CHECK(b.label(5) == "100");
    CHECK(b.position(50) == doctest::Approx(0.5));
    const Axis c = nice_axis(-1, 1);
    CHECK(c.label(c.ticks() / 2) == "0.0");
}

TEST_CASE("axis: of very large and very small values") {
    const Axis large = nice_axis(0, 5e29), tiny = nice_axis(0, 4e-20), all = nice_axis(-1.7e308, 1.7e308), none = nice_axis(5e-324, 1e-310);
    CHECK(large.label(large.ticks() - 1) == "5e+29");
    CHECK(tiny.label(1) == "1e-20");
    for (const Axis& a : {large, tiny, all, none})
        for (int i = 0; i < a.ticks(); ++i) {
            CHECK(a.label(i).size() < 9);
            CHECK(a.label(i).find("n") == std::string::npos);
        }
}

TEST_CASE("axis: holds its values between whole, round steps, with labels that differ") {
    for (const double low : {-1234.5, -1.0, -1e-7, 0.0, 0.3, 0.999, 77.0, 1e12})
        for (const double range : {1e-6, 0.001, 0.07, 0.9, 1.0, 3.0, 19.0, 2e5, 1e13}) {
            const Axis a = nice_axis(low, low + range);
            CAPTURE(low);
            CAPTURE(range);
            CHECK(a.low <= low + a.step * 1e-6);
            CHECK(a.high >= low + range - a.step * 1e-6);
            CHECK(a.ticks() >= 2);
            CHECK(a.ticks() <= 12);
            if (range > 1e-9 * std::abs(low)) {
                CHECK(a.low > low - 2 * a.step);
                for (int i = 1; i < a.ticks(); ++i) CHECK(a.label(i) != a.label(i - 1));
            }
        }
}

TEST_CASE("axis: equal, swapped and non-finite ends still give a range") {
    const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
    for (const Axis& a : {nice_axis(3, 3), nice_axis(0, 0), nice_axis(-5, -5), nice_axis(nan, 1), nice_axis(0, inf),
                          nice_axis(inf, -inf), nice_axis(2, 1)}) {
        CHECK(std::isfinite(a.low));
        CHECK(a.high > a.low);
        CHECK(a.step > 0);
        CHECK(a.ticks() <= 12);
    }
    CHECK(nice_axis(3, 3).low < 3);
    CHECK(nice_axis(3, 3).high > 3);
    CHECK(nice_axis(2, 1).low == doctest::Approx(1));
}
