// SPDX-License-Identifier: BSL-1.0
#include <strata/metric/class_names.hpp>

#include <doctest/doctest.h>

#include <array>

using strata::ClassNames;

TEST_CASE("class names: from lists and ranges of text; numbers where there is none") {
    const ClassNames none, list{"cat", "dog"};
    const ClassNames array = std::array<std::string_view, 2>{"x", "y"},
                     strings = std::vector<std::string>{"p", "q", "r"};
    CHECK(none.empty());
    CHECK(none[3] == "3");
    CHECK(list[1] == "dog");
    CHECK(list[2] == "2");
    CHECK(list[-1] == "-1");
    CHECK(array[0] == "x");
    CHECK(strings[2] == "r");
    const ClassNames copy = list;
    CHECK(copy[0] == "cat");
}

TEST_CASE("class names: as many as classes, or none") {
    ClassNames{}.require(10);
    ClassNames{"a", "b"}.require(2);
    CHECK_THROWS_WITH_AS(ClassNames({"a", "b"}).require(3),
                         "strata: 2 class names for 3 classes; give one name for each class, or none",
                         strata::DataError);
}
