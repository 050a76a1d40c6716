// SPDX-License-Identifier: BSL-1.0
/// Augmentation of pictures while they are loaded: a function of (sample id, epoch, values), seeded by the two, so that the same
/// sample in the same epoch is always changed alike, in whatever order and on whatever thread it is loaded.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>

#include <strata/core/philox.hpp>
#include <strata/core/shape.hpp>
#include <strata/data/shuffle.hpp>

namespace strata::data {

/// Leaves samples as they are.
struct NoAugmentation {
    void operator()(long /*id*/, long /*epoch*/, float* /*values*/) const {}
};

namespace detail {
template <class Image>
struct ImageExtents {
    static_assert(Image::rank == 3, "strata: pictures have the shape [channel, height, width]; write Shape<1, 28, 28>");
    static constexpr int channels = extent<Image, 0>, height = extent<Image, 1>, width = extent<Image, 2>;
};
}  // namespace detail

/// Mirrors left and right with the given probability.   Image: [channel, height, width].
template <class Image>
struct RandomFlip {
    Seed seed;
    float probability = 0.5f;

    void operator()(long id, long epoch, float* image) const {
        using E = detail::ImageExtents<Image>;
        const std::uint64_t stream = detail::stream_of(detail::Stream::flip, static_cast<std::uint64_t>(epoch));
        // Four samples share a block of random numbers: element id of the stream.
        if (!(Philox::uniform(seed.value, stream, static_cast<std::uint64_t>(id)) < probability)) return;
        for (int row = 0; row < E::channels * E::height; ++row) std::reverse(image + row * E::width, image + (row + 1) * E::width);
    }
};

/// Moves a picture by up to Most pixels up or down and left or right, each step alike likely, and puts `fill` where nothing comes from:
/// the same as padding by Most on all sides and cropping at random.   Image: [channel, height, width].
template <class Image, int Most>
struct RandomShift {
    static_assert(Most >= 0, "strata: a picture is shifted by 0 pixels or more; write RandomShift<Image, 2>");
    Seed seed;
    float fill = 0.0f;

    void operator()(long id, long epoch, float* image) const {
        const std::uint64_t stream = detail::stream_of(detail::Stream::shift, static_cast<std::uint64_t>(epoch));
        const Philox random = Philox::at(seed.value, stream, static_cast<std::uint64_t>(id));
        constexpr std::uint32_t ways = 2 * Most + 1;
        move(image, static_cast<int>(detail::below(ways, random.word[0], random.word[1])) - Most,
             static_cast<int>(detail::below(ways, random.word[2], random.word[3])) - Most);
    }
    /// out[c][y][x] = image[c][y - down][x - right], or fill where that is outside; in place.
    void move(float* image, int down, int right) const {
        using E = detail::ImageExtents<Image>;
        const int blank = std::min(right < 0 ? -right : right, E::width), kept = E::width - blank;
        for (int channel = 0; channel < E::channels; ++channel, image += E::height * E::width)
            for (int k = 0; k < E::height; ++k) {
                const int y = down > 0 ? E::height - 1 - k : k, from = y - down;  // a row is read before it is written over
                float* row = image + y * E::width;
                if (from < 0 || from >= E::height) {
                    std::fill_n(row, E::width, fill);
                    continue;
                }
                const float* source = image + from * E::width;
                std::memmove(row + (right > 0 ? blank : 0), source + (right > 0 ? 0 : blank),
                             static_cast<std::size_t>(kept) * sizeof(float));
                std::fill_n(row + (right > 0 ? 0 : kept), blank, fill);
            }
    }
};

/// Several augmentations one after another: `Augmentations{RandomFlip<Image>{seed}, RandomShift<Image, 2>{seed}}`.
template <class... A>
struct Augmentations {
    explicit Augmentations(A... each) : all(std::move(each)...) {}
    void operator()(long id, long epoch, float* values) const {
        std::apply([&](const A&... each) { (each(id, epoch, values), ...); }, all);
    }
    std::tuple<A...> all;
};

}  // namespace strata::data
