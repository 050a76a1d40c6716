// SPDX-License-Identifier: BSL-1.0
#include <strata/train/gallery.hpp>

#include <doctest/doctest.h>

#include "../support/xml.hpp"

using strata::Exhibit;
using strata::gallery_svg;
using support::Xml;

TEST_CASE("gallery: every picture with its class, what it was taken for, and how surely") {
    std::vector<Exhibit> exhibits;
    for (int i = 0; i < 8; ++i)
        exhibits.push_back({std::vector<std::uint8_t>(784, static_cast<std::uint8_t>(30 * i)), i % 2,
                            i < 7 ? 1 - i % 2 : i % 2, 0.999 - 0.1 * i});
    const std::string text = gallery_svg(exhibits, 28, 28, 1, {"cat & <dog>", "fox"});
    const Xml xml(text);
    REQUIRE(xml.error == "");
    CHECK(xml.inside_page());
    CHECK(xml.count("image") == 8);
    CHECK(xml.count("image", "width", "140") == 8);
    CHECK(xml.texts("cat & <dog> taken for fox, 99.9%") == 1);
    CHECK(xml.texts("fox") == 9);  // four are, five are taken for one
    CHECK(xml.texts("29.9%") == 1);
    CHECK(xml.count("text", "class", "bad") == 7);
    CHECK(xml.count("text", "class", "good") == 1);
    CHECK(text.find("image-rendering: pixelated") != std::string::npos);
    const std::string uri = "data:image/png;base64," + strata::base64(strata::png(exhibits[3].pixels, 28, 28));
    CHECK(xml.count("image", "href", uri) == 1);
}

TEST_CASE("gallery: none, one, colour, tiny ones, no names, NaN, and bytes that do not fit") {
    CHECK(Xml(gallery_svg({}, 28, 28)).texts("no pictures") == 2);
    const std::vector<Exhibit> one{
        {std::vector<std::uint8_t>(2 * 3 * 3), 3, 4, std::numeric_limits<double>::quiet_NaN()}};
    const Xml xml(gallery_svg(one, 2, 3, 3, {}, "T", {.columns = 0, .scale = 1}));
    CHECK(xml.error == "");
    CHECK(xml.inside_page());
    CHECK(xml.texts("3") == 1);
    CHECK(xml.texts("nan%") == 1);
    CHECK(xml.count("image", "width", "114") == 1);  // 38 steps for each of 3 pixels: the caption needs them
    CHECK(xml.count("image", "height", "76") == 1);
    CHECK_THROWS_AS(gallery_svg(one, 3, 3, 3), strata::DataError);
}

TEST_CASE("to_bytes: from the least to the greatest") {
    const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> values{-1, 1, 0, nan, inf, -inf}, flat{5, 5}, none;
    CHECK(strata::to_bytes(values) == std::vector<std::uint8_t>{0, 255, 128, 0, 255, 0});
    CHECK(strata::to_bytes(flat) == std::vector<std::uint8_t>{0, 0});
    CHECK(strata::to_bytes(none).empty());
}
