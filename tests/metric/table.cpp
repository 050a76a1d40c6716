// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/table.hpp>

#include <doctest/doctest.h>

#include <limits>

TEST_CASE("fixed: digits after the point, rounded, and the values that are no numbers") {
    using strata::fixed;
    CHECK(fixed(0.5, 2) == "0.50");
    CHECK(fixed(2.0 / 3, 4) == "0.6667");
    CHECK(fixed(-1.25, 1) == "-1.2");
    CHECK(fixed(12, 0) == "12");
    CHECK(fixed(std::numeric_limits<double>::quiet_NaN(), 3) == "nan");
    CHECK(fixed(-std::numeric_limits<double>::quiet_NaN(), 3) == "nan");
    CHECK(fixed(-std::numeric_limits<double>::infinity(), 3) == "-inf");
    CHECK(fixed(std::numeric_limits<double>::max(), 2).size() == 312);
    CHECK(fixed(1, 1000).size() == 62);
}

TEST_CASE("table: first column to the left, others to the right") {
    strata::Table table;
    CHECK(table.text() == "");
    table.row({"name", "n"});
    table.row({"a", "100"});
    table.row({});
    table.row({"café", "7", "x"});
    table.row({"", ""});
    CHECK(table.text() == "name    n\na     100\n\ncafé    7  x\n\n");
}

TEST_CASE("columns: code points, not bytes") {
    static_assert(strata::columns_of("") == 0);
    static_assert(strata::columns_of("abc") == 3);
    CHECK(strata::columns_of("\xC3\xA9\xE2\x96\x88\xF0\x9F\x98\x80") == 3);
}
