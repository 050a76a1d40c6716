// SPDX-License-Identifier: BSL-1.0
#include <strata/train/confusion_svg.hpp>

#include <doctest/doctest.h>

#include "../support/xml.hpp"

using strata::confusion_svg;
using strata::ConfusionMatrix;
using support::Xml;

TEST_CASE("confusion picture: counts, names, recall and precision") {
    ConfusionMatrix<3> m;
    m.add(0, 0, 90), m.add(0, 1, 10), m.add(1, 1, 42), m.add(2, 0, 7), m.add(2, 2, 14);
    const Xml xml(confusion_svg(m, {"T-shirt & top", "<bag>", "boot"}, "Test set"));
    REQUIRE(xml.error == "");
    CHECK(xml.inside_page());
    for (const char* text : {"90", "10", "42", "7", "14", "90.0%", "100.0%", "66.7%", "92.8%", "80.8%"})
        CHECK_MESSAGE(xml.texts(text) >= 1, text);
    CHECK(xml.texts("0") == 4);
    for (const char* name : {"T-shirt & top", "<bag>", "boot"}) CHECK(xml.texts(name) == 2);
    CHECK(xml.texts("accuracy 0.8957 on 163 samples") == 2);
    CHECK(xml.texts("T-shirt & top taken for <bag>: 10 of 100") == 1);
    CHECK(xml.count("rect", "class", "cell-right") == 3);
    CHECK(xml.count("rect", "class", "cell-wrong") == 2);
}

TEST_CASE("confusion picture: an empty matrix, many classes, names that do not fit") {
    const Xml empty(confusion_svg(ConfusionMatrix<2>{}));
    CHECK(empty.error == "");
    CHECK(empty.texts("\xE2\x80\x93") == 4);  // no share of nothing
    ConfusionMatrix<100> many;
    for (int k = 0; k < 100; ++k) many.add(k, k, 5), many.add(k, (k + 1) % 100);
    const Xml xml(confusion_svg(many));
    CHECK(xml.error == "");
    CHECK(xml.inside_page());
    CHECK(xml.count("rect", "class", "cell-wrong") == 100);
    CHECK(xml.texts("99 taken for 0: 1 of 6") == 1);
    CHECK_THROWS_AS(confusion_svg(many, {"one"}), strata::DataError);
}
