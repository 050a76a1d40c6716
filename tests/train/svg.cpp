// SPDX-License-Identifier: BSL-1.0
#include <strata/train/svg.hpp>

#include <doctest/doctest.h>

#include <limits>

#include "../support/xml.hpp"

namespace svg = strata::svg;

TEST_CASE("svg: text is escaped") {
    CHECK(svg::escape("a < b && \"c\" > d") == "a &lt; b &amp;&amp; &quot;c&quot; &gt; d");
    CHECK(svg::escape(std::string_view("x\0y\n\x1b[0m\x7f", 9)) == "x y  [0m ");
    CHECK(svg::escape("caf\xC3\xA9") == "caf\xC3\xA9");
    CHECK(svg::escape("caf\xE9 <\xFF>") == "caf\xEF\xBF\xBD &lt;\xEF\xBF\xBD&gt;");
}

TEST_CASE("svg: numbers are short and finite") {
    CHECK(svg::number(12) == "12");
    CHECK(svg::number(100) == "100");
    CHECK(svg::number(1.5) == "1.5");
    CHECK(svg::number(1.0 / 3) == "0.33");
    CHECK(svg::number(-0.001) == "0");
    CHECK(svg::number(-2.25) == "-2.25");
    CHECK(svg::number(std::numeric_limits<double>::quiet_NaN()) == "0");
    CHECK(svg::number(std::numeric_limits<double>::infinity()) == "0");
}

TEST_CASE("svg: long text ends in an ellipsis, never inside a character") {
    CHECK(svg::shorten("short", 5) == "short");
    CHECK(svg::shorten("longer", 5) == "long\xE2\x80\xA6");
    CHECK(svg::shorten("\xC3\xA9\xC3\xA9\xC3\xA9", 2) == "\xC3\xA9\xE2\x80\xA6");
    CHECK(svg::shorten("ab", 0) == "\xE2\x80\xA6");
}

TEST_CASE("svg: a page is well-formed, whatever it is told") {
    svg::Picture picture(300, 200, "<b> & \"q\"", "</svg>");
    picture.text(1, 2, "a<b", "class=\"ink\"");
    picture.text(1, 2, "", "class=\"ink\"");
    picture.line(0, 1, 2, 3, "class=\"axis\"");
    picture.rect(0, 1, 2, 3, "rx=\"2\"", "5 < 6");
    picture.circle(5, 6, 7, "");
    picture.path("M1 2 L3 4", "class=\"curve\"");
    picture.path("", "class=\"curve\"");
    picture.image(1, 2, 3, 4, "data:,", "hint");
    const std::string text = std::move(picture).finish();
    const support::Xml xml(text);
    CHECK(xml.error == "");
    CHECK(xml.texts("a<b") == 1);
    CHECK(xml.texts("5 < 6") == 1);
    CHECK(xml.texts("<b> & \"q\"") == 2);
    CHECK(xml.count("path") == 1);
    CHECK(xml.count("text") == 3);
    CHECK(xml.count("image", "href", "data:,") == 1);
    CHECK(xml.count("script") == 0);
    CHECK(text.find("prefers-color-scheme: dark") != std::string::npos);
}

TEST_CASE("xml judge: knows what is not well-formed") {
    using support::Xml;
    CHECK(Xml("<a><b x=\"1\"/>t &amp; u</a>\n").error == "");
    for (const char* bad : {"", "text", "<a>", "<a></b>", "<a/><b/>", "<a x=1/>", "<a x=\"1\" x=\"2\"/>", "<a>&</a>",
                            "<a x=\"<\"/>", "<a>&bad;</a>", "</a>", "<a><b></a></b>"})
        CHECK_MESSAGE(Xml(bad).error != "", bad);
}
