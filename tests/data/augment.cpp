// SPDX-License-Identifier: BSL-1.0
#include <strata/data/augment.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <utility>
#include <vector>


using namespace strata::data;
using strata::Seed;
using strata::Shape;

namespace {

using Image = Shape<2, 5, 7>;
std::vector<float> ramp() {
    std::vector<float> out(Image::size);
    std::iota(out.begin(), out.end(), 1.0f);
    return out;
}
/// Pad by Most on every side, then crop: the definition, with copies.
std::vector<float> padded_and_cropped(const std::vector<float>& image, int down, int right, float fill) {
    std::vector<float> out(image.size(), fill);
    for (int c = 0; c < 2; ++c)
        for (int y = 0; y < 5; ++y)
            for (int x = 0; x < 7; ++x) {
                const int from_y = y - down, from_x = x - right;
                if (from_y >= 0 && from_y < 5 && from_x >= 0 && from_x < 7)
                    out[static_cast<std::size_t>((c * 5 + y) * 7 + x)] = image[static_cast<std::size_t>((c * 5 + from_y) * 7 + from_x)];
            }
    return out;
}
std::vector<float> mirrored(const std::vector<float>& image) {
    std::vector<float> out(image.size());
    for (std::size_t i = 0; i < image.size(); ++i) out[i] = image[i / 7 * 7 + 6 - i % 7];
    return out;
}

}  // namespace

TEST_CASE("a move equals padding and cropping, also beyond the picture") {
    for (int down = -6; down <= 6; ++down)
        for (int right = -8; right <= 8; ++right) {
            std::vector<float> image = ramp();
            RandomShift<Image, 8>{Seed{0}, -3.0f}.move(image.data(), down, right);
            CHECK(image == padded_and_cropped(ramp(), down, right, -3.0f));
        }
}

TEST_CASE("random shifts take every offset alike often, and are the same for the same sample and epoch") {
    const RandomShift<Image, 2> shift{Seed{7}, -1.0f};
    std::map<std::pair<int, int>, int> count;
    constexpr int n = 5000;
    for (int id = 0; id < n; ++id) {
        std::vector<float> image = ramp(), again = ramp();
        shift(id, 3, image.data());
        shift(id, 3, again.data());
        REQUIRE(image == again);
        int found = 0;
        for (int down = -2; down <= 2; ++down)
            for (int right = -2; right <= 2; ++right)
                if (image == padded_and_cropped(ramp(), down, right, -1.0f)) ++count[{down, right}], ++found;
        REQUIRE(found == 1);
    }
    CHECK(count.size() == 25);
    double chi = 0;
    for (const auto& [offset, k] : count) chi += (k - n / 25.0) * (k - n / 25.0) / (n / 25.0);
    CHECK(chi < 52.6);  // 24 degrees of freedom: exceeded once in 1,500
    int changed = 0;
    for (int id = 0; id < 100; ++id) {
        std::vector<float> a = ramp(), b = ramp();
        shift(id, 3, a.data());
        shift(id, 4, b.data());
        changed += a != b;
    }
    CHECK(changed > 80);
}

TEST_CASE("flips mirror with the given probability") {
    for (const float probability : {0.0f, 0.25f, 0.5f, 1.0f}) {
        const RandomFlip<Image> flip{Seed{9}, probability};
        int flipped = 0;
        constexpr int n = 4000;
        for (int id = 0; id < n; ++id) {
            std::vector<float> image = ramp();
            flip(id, 1, image.data());
            REQUIRE((image == ramp() || image == mirrored(ramp())));
            flipped += image != ramp();
        }
        const double spread = std::sqrt(n * probability * (1 - probability));
        CHECK(std::abs(flipped - static_cast<double>(n) * probability) <= 4 * spread);
    }
}

TEST_CASE("seeds and epochs change the choice, the chain applies each in turn") {
    const RandomFlip<Image> a{Seed{1}}, b{Seed{2}};
    const RandomShift<Image, 2> shift{Seed{1}};
    int by_seed = 0, by_epoch = 0;
    for (int id = 0; id < 200; ++id) {
        std::vector<float> x = ramp(), y = ramp(), z = ramp();
        a(id, 0, x.data());
        b(id, 0, y.data());
        a(id, 1, z.data());
        by_seed += x != y;
        by_epoch += x != z;
        std::vector<float> chained = ramp(), by_hand = ramp();
        Augmentations{a, shift}(id, 5, chained.data());
        a(id, 5, by_hand.data());
        shift(id, 5, by_hand.data());
        REQUIRE(chained == by_hand);
    }
    CHECK((by_seed > 60 && by_seed < 140));
    CHECK((by_epoch > 60 && by_epoch < 140));
}
