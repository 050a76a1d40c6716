// SPDX-License-Identifier: BSL-1.0
#include <strata/train/curves.hpp>

#include <doctest/doctest.h>

#include "../support/xml.hpp"

using strata::curves_svg;
using strata::History;
using support::Xml;

namespace {
const double no_number = std::numeric_limits<double>::quiet_NaN();
History three() {
    return {
        .epochs = {{.epoch = 1, .loss = 0.5, .accuracy = 0.80, .validation_loss = 0.40, .validation_accuracy = 0.84},
                   {.epoch = 2, .loss = 0.4, .accuracy = 0.85, .validation_loss = 0.30, .validation_accuracy = 0.88},
                   {.epoch = 3, .loss = 0.3, .accuracy = 0.90, .validation_loss = 0.35, .validation_accuracy = 0.87}}};
}
/// The y of the point that has this hint.
double height_of(const Xml& xml, const std::string& hint) {
    for (std::size_t i = 1; i < xml.elements.size(); ++i)
        if (xml.elements[i].text == hint) return Xml::number(xml.elements[i - 1], "cy");
    FAIL("no point " << hint);
    return 0;
}
}  // namespace

TEST_CASE("curves: two panels, four curves, every value a point, the best one named and ringed") {
    const Xml xml(curves_svg(three(), "Fashion <1>"));
    REQUIRE(xml.error == "");
    CHECK(xml.inside_page());
    for (const char* text :
         {"Loss", "Accuracy", "training", "validation", "3 epochs, best validation accuracy 0.8800 in epoch 2"})
        CHECK(xml.texts(text) >= 1);
    CHECK(xml.texts("epoch") == 2);
    CHECK(xml.texts("Fashion <1>") == 2);
    CHECK(xml.texts("single steps") == 0);
    CHECK(xml.count("path", "class", "curve line-blue") == 2);
    CHECK(xml.count("path", "class", "curve line-orange") == 2);
    CHECK(xml.count("circle", "class", "blue") == 6);
    CHECK(xml.count("circle", "class", "orange") == 6);
    CHECK(xml.count("circle", "class", "line-orange") == 2);
    CHECK(xml.texts("validation, epoch 3: 0.3500") == 1);
}

TEST_CASE("curves: points lie where their values say") {
    const Xml xml(curves_svg(three()));
    const double a = height_of(xml, "training, epoch 1: 0.5000"), b = height_of(xml, "training, epoch 2: 0.4000"),
                 c = height_of(xml, "training, epoch 3: 0.3000");
    CHECK(a < b);
    CHECK(b < c);
    CHECK(b - a == doctest::Approx(c - b).epsilon(1e-3));
    CHECK(height_of(xml, "training, epoch 3: 0.9000") < height_of(xml, "training, epoch 1: 0.8000"));
}

TEST_CASE("curves: NaN and absent values leave gaps, and no NaN reaches the file") {
    History h = three();
    h.epochs.push_back({.epoch = 4, .loss = no_number, .accuracy = no_number});
    h.epochs.push_back({.epoch = 5, .loss = 0.2, .accuracy = 0.95});
    const std::string text = curves_svg(h);
    const Xml xml(text);
    REQUIRE(xml.error == "");
    CHECK(text.find("nan") == std::string::npos);
    CHECK(xml.inside_page());
    for (const auto& e : xml.elements)
        if (e.name == "path" && e.attributes.at("class") == "curve line-blue") {
            const std::string& d = e.attributes.at("d");
            CHECK(std::count(d.begin(), d.end(), 'M') == 2);
            CHECK(std::count(d.begin(), d.end(), 'L') == 2);
        }
    CHECK(xml.count("circle", "class", "blue") == 8);
}

TEST_CASE("curves: all NaN, no epoch, one epoch, no accuracy, infinite loss") {
    History only_nan{.epochs = {{.epoch = 1, .loss = no_number}}},
        infinite{.epochs = {{.epoch = 1, .loss = std::numeric_limits<double>::infinity()}, {.epoch = 2, .loss = 1}}};
    for (const History& h : {only_nan, History{}, infinite, History{.epochs = {three().epochs[0]}}}) {
        const std::string text = curves_svg(h);
        const Xml xml(text);
        CHECK(xml.error == "");
        CHECK(xml.inside_page());
        CHECK(text.find("inf\"") == std::string::npos);
    }
    CHECK(Xml(curves_svg(History{})).texts("0 epochs") == 2);
    const Xml one(curves_svg({.epochs = {three().epochs[0]}}));
    CHECK(one.texts("1 epoch, best validation accuracy 0.8400 in epoch 1") == 2);
    CHECK(one.count("circle", "class", "blue") == 2);
    const Xml loss_only(curves_svg(infinite));
    CHECK(loss_only.texts("Accuracy") == 0);
    CHECK(loss_only.texts("2 epochs, best training loss 1.0000 in epoch 2") == 2);
}

TEST_CASE("curves: losses of steps are a thin line behind, thinned, the first ones cut off") {
    History h = three();
    for (int i = 0; i < 3000; ++i) h.step_losses.push_back(i < 100 ? 50.0f : 0.4f);
    const Xml xml(curves_svg(h));
    REQUIRE(xml.error == "");
    CHECK(xml.inside_page());
    CHECK(xml.texts("single steps") == 1);
    REQUIRE(xml.count("path", "class", "line-pale") == 1);
    for (const auto& e : xml.elements)
        if (e.name == "path" && e.attributes.at("class") == "line-pale") {
            const std::string& d = e.attributes.at("d");
            CHECK(std::count(d.begin(), d.end(), 'L') == 289);  // of 300 runs the first 10 lie above
        }
}

TEST_CASE("curves: losses of steps lie in their own epochs, whatever their number, and only the last were kept") {
    History h = three();
    h.epochs[0].steps = 5, h.epochs[1].steps = 1, h.epochs[2].steps = 4;
    h.step_losses.assign(5, 0.4f);
    CHECK(strata::detail::step_places(h) == std::vector<double>{1.5, 2.125, 2.375, 2.625, 2.875});
    h.step_losses.assign(10, 0.4f);
    CHECK(strata::detail::step_places(h)[0] == doctest::Approx(0.1));
    CHECK(strata::detail::step_places(h)[5] == 1.5);
    for (auto& e : h.epochs) e.steps = 0;
    CHECK(strata::detail::step_places(h)[0] == doctest::Approx(0.15));  // nobody tells: over all
    CHECK(strata::detail::step_places(h)[9] == doctest::Approx(2.85));
    h.epochs[2].steps = 4;  // of more losses than steps the first are nobody's
    CHECK(strata::detail::step_places(h).size() == 4);
    CHECK(Xml(curves_svg(h)).error == "");
}

TEST_CASE("curves: thinning keeps means") {
    CHECK(strata::detail::thinned({1, 2, 3, 4}, 2) == std::vector<double>{1.5, 3.5});
    CHECK(strata::detail::thinned({1, 2}, 300) == std::vector<double>{1, 2});
    CHECK(strata::detail::thinned({}, 300).empty());
}
