// SPDX-License-Identifier: BSL-1.0
#include <strata/data/dataset.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>


#include "../support/folder.hpp"

using namespace strata::data;
using strata::Shape;
using support::contains;
using support::error_of;

namespace {
template <class Set>
std::vector<float> sample(const Set& set, long i) {
    std::vector<float> out(static_cast<std::size_t>(Set::sample_size));
    set.copy_sample(i, out.data());
    return out;
}
}  // namespace

TEST_CASE("bytes are read as byte / 255, exactly rounded; floats as they are") {
    std::vector<std::uint8_t> every(256);
    std::iota(every.begin(), every.end(), std::uint8_t{0});
    const Dataset<Shape<1, 16, 16>, 3> bytes(every, {2});
    CHECK(bytes.size() == 1);
    CHECK(bytes.label(0) == 2);
    const std::vector<float> x = sample(bytes, 0);
    for (std::size_t i = 0; i < 256; ++i) CHECK(x[i] == static_cast<float>(static_cast<double>(i) / 255.0));
    const Dataset<Shape<2>, 2> floats(std::vector<float>{1, -2, 3.5f, 1e30f}, {0, 1});
    CHECK(floats.size() == 2);
    CHECK(sample(floats, 1) == std::vector<float>{3.5f, 1e30f});
    CHECK(Dataset<Shape<2>, 2>().size() == 0);
    const strata::Tensor<float, 2> tensor = floats.sample(1);
    CHECK(tensor(0) == 3.5f);
    CHECK(tensor(1) == 1e30f);
    static_assert(std::is_same_v<decltype(bytes.sample(0)), strata::Tensor<float, 1, 16, 16>>);
    CHECK(contains(error_of([&] { floats.sample(2); }), "sample 2 is asked of 2; choose from 0 to size() - 1"));
    CHECK(contains(error_of([&] { floats.sample(-1); }), "sample -1 is asked of 2"));
}

TEST_CASE("labels and sizes are checked") {
    using Set = Dataset<Shape<2>, 3>;
    const auto error = [](std::vector<float> samples, std::vector<std::int32_t> labels) { return error_of([&] { Set(samples, labels); }); };
    CHECK(error({1, 2, 3, 4}, {0, 2}) == "no error");
    CHECK(error({1, 2, 3, 4}, {0, 3}) == "strata: label 1 is 3, not in [0, 3); correct the label or the number of classes");
    CHECK(contains(error({1, 2}, {-1}), "label 0 is -1, not in [0, 3)"));
    CHECK(error({1, 2, 3}, {0, 1}) == "strata: 2 labels come with 3 values, but a sample has 2; give sample_size values for each label");
    CHECK(contains(error({1, 2}, {}), "0 labels come with 2 values"));
    CHECK(contains(error({}, {1}), "1 labels come with 0 values"));
}

TEST_CASE("views share samples, keep numbers, and nest") {
    const Dataset<Shape<1>, 10> whole(std::vector<float>{0, 10, 20, 30, 40}, {0, 1, 2, 3, 4});
    const auto part = whole.view({4, 2, 2, 0});
    CHECK(part.size() == 4);
    CHECK(part.label(0) == 4);
    CHECK(sample(part, 1) == std::vector<float>{20});
    CHECK(part.id(2) == 2);
    const auto inner = part.view({3, 0});
    CHECK(inner.id(0) == 0);
    CHECK(sample(inner, 1) == std::vector<float>{40});
    CHECK(whole.view({}).size() == 0);
    CHECK(whole.size() == 5);
    CHECK(contains(error_of([&] { part.view({4}); }), "a view asks for sample 4 of 4; choose from 0 to size() - 1"));
    CHECK(contains(error_of([&] { part.view({-1}); }), "sample -1 of 4"));
}

TEST_CASE("normalisation: one figure a channel, a feature, or in all; by hand") {
    const Dataset<Shape<2, 1, 2>, 1> images(std::vector<float>{1, 3, 10, 10, 5, 7, 10, 10}, {0, 0});
    const Normalisation figures = normalisation_of(images);
    CHECK(figures.mean == std::vector<float>{4, 10});
    CHECK(figures.deviation == std::vector<float>{std::sqrt(5.0f), 1});  // a channel that never varies
    const auto normalised = images.normalised(figures);
    CHECK(sample(normalised, 1) == std::vector<float>{1 / std::sqrt(5.0f), 3 / std::sqrt(5.0f), 0, 0});
    CHECK(normalised.normalisation()->mean == figures.mean);
    CHECK(images.normalisation() == nullptr);
    CHECK(sample(normalised.view({1}), 0) == sample(normalised, 1));
    CHECK(normalisation_of(normalised).mean == figures.mean);  // before any normalisation
    CHECK(normalisation_of(images.view({0})).mean == std::vector<float>{2, 10});
    const Dataset<Shape<2>, 1> table(std::vector<float>{1, 100, 3, 300}, {0, 0});
    CHECK(normalisation_of(table).mean == std::vector<float>{2, 200});
    CHECK(normalisation_of(table).deviation == std::vector<float>{1, 100});
    const Dataset<Shape<2, 2>, 1> series(std::vector<float>{1, 2, 3, 4}, {0});
    CHECK(normalisation_of(series).mean == std::vector<float>{2.5f});
    const Dataset<Shape<1>, 1> far(std::vector<float>{1e6f, 1e6f + 1, 1e6f + 2}, {0, 0, 0});
    CHECK(normalisation_of(far).deviation.at(0) == doctest::Approx(std::sqrt(2.0 / 3)).epsilon(1e-6));
}

TEST_CASE("bytes are normalised as (byte / 255 - mean) / deviation, by table or by formula") {
    std::vector<std::uint8_t> every(768);
    for (std::size_t i = 0; i < 768; ++i) every[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    const Dataset<Shape<3, 16, 16>, 1> images(every, {0});
    const Dataset<Shape<768>, 1> table(every, {0});
    const Normalisation by_channel{{0.25f, 0.5f, -1.0f}, {0.3f, 2.0f, 0.7f}};
    Normalisation by_feature;
    for (std::size_t i = 0; i < 768; ++i) {
        by_feature.mean.push_back(by_channel.mean[i / 256]);
        by_feature.deviation.push_back(by_channel.deviation[i / 256]);
    }
    const std::vector<float> x = sample(images.normalised(by_channel), 0);
    for (std::size_t i = 0; i < 768; ++i)
        REQUIRE(x[i] == (static_cast<float>(every[i]) / 255.0f - by_channel.mean[i / 256]) / by_channel.deviation[i / 256]);
    CHECK(sample(table.normalised(by_feature), 0) == x);
    CHECK(sample(images.normalised(by_channel).normalised({{0, 0, 0}, {1, 1, 1}}), 0) == sample(images, 0));
}

TEST_CASE("figures that do not fit are errors") {
    const Dataset<Shape<2>, 1> table(std::vector<float>{1, 100}, {0});
    const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    for (const Normalisation& bad : {Normalisation{{1}, {1}},
                                     {{1, 2}, {1}},
                                     {{1, 2}, {1, 0}},
                                     {{1, 2}, {1, -1}},
                                     {{1, nan}, {1, 1}},
                                     {{1, 1}, {1, inf}},
                                     {{1, 1}, {nan, 1}}})
        CHECK(contains(error_of([&] { table.normalised(bad); }),
                       "a normalisation needs 2 finite means and as many positive deviations; take them from"));
    CHECK(contains(error_of([] { normalisation_of(Dataset<Shape<2>, 1>()); }), "an empty data set has no mean"));
}
