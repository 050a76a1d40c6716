// SPDX-License-Identifier: BSL-1.0
/// Pictures in a grid with what they are and what they were taken for: the worst mistakes at a glance.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <strata/metric/class_names.hpp>
#include <strata/train/png.hpp>
#include <strata/train/svg.hpp>

namespace strata {

/// One picture of a gallery, [height, width, channels] in bytes, with its class, the model's, and how sure the model
/// was (0 to 1).
struct Exhibit {
    std::vector<std::uint8_t> pixels;
    int truth = 0;
    int predicted = 0;
    double confidence = 0;
};

/// How a gallery is laid out.   Units: pixels.
struct GalleryLayout {
    int columns = 6;
    int scale = 5;  ///< the side of one pixel on the page, at least; more where a caption needs it
};

/// Values of any range as bytes: the least becomes 0, the greatest 255 (what is normalised looks as it did); NaN
/// becomes 0.
inline std::vector<std::uint8_t> to_bytes(std::span<const float> values) {
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (const float v : values)
        if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    const float scale = high > low ? 255.0f / (high - low) : 0.0f;
    std::vector<std::uint8_t> bytes;
    for (const float v : values)
        bytes.push_back(v > low ? static_cast<std::uint8_t>(std::lround((std::min(v, high) - low) * scale))
                                : std::uint8_t{0});
    return bytes;
}

/// An SVG file with each picture inside it as a PNG, crisp; under each its true class, then what it was taken for and
/// how surely
/// (green where right, else red).   Throws DataError where a picture's bytes do not fit height x width x channels.
inline std::string gallery_svg(std::span<const Exhibit> exhibits, int height, int width, int channels = 1,
                               const ClassNames& names = {}, std::string_view title = "Worst mistakes",
                               GalleryLayout layout = {}) {
    const auto count = static_cast<int>(exhibits.size());
    const int columns = std::max(1, std::min(layout.columns, std::max(count, 3))),
              rows = (count + columns - 1) / columns;
    constexpr double gap = 20, caption = 44, margin = svg::Picture::margin;
    const double wide =
        width * std::max(layout.scale, (111 + width) / std::max(1, width));  // whole steps keep all pixels alike
    const double high = wide * height / width, line = 0.5 + wide / (0.61 * 12);
    svg::Picture picture(std::max(2 * margin + columns * wide + (columns - 1) * gap, 400.0),
                         svg::Picture::top + std::max(1, rows) * (high + caption + gap) - gap + 0.5 * margin, title,
                         count == 0 ? "no pictures" : "above what it is, below what it was taken for, and how surely");
    for (int i = 0; i < count; ++i) {
        const Exhibit& e = exhibits[static_cast<std::size_t>(i)];
        const int row = i / columns;
        const double x = margin + i % columns * (wide + gap),
                     y = svg::Picture::top + row * (high + caption + gap);
        const std::string truth = names[e.truth], predicted = names[e.predicted],
                          sure = fixed(100 * e.confidence, 1) + '%';
        picture.image(x, y, wide, high, "data:image/png;base64," + base64(png(e.pixels, height, width, channels)),
                      truth + " taken for " + predicted + ", " + sure);
        picture.rect(x, y, wide, high, "class=\"frame\" pointer-events=\"none\"");
        picture.text(x, y + high + 17, svg::shorten(truth, static_cast<int>(line)), "class=\"ink\"");
        picture.text(x, y + high + 34, svg::shorten(predicted, static_cast<int>(line) - columns_of(sure) - 1),
                     e.truth == e.predicted ? "class=\"good\"" : "class=\"bad\"");
        picture.text(x + wide, y + high + 34, sure, "class=\"dim end\"");
    }
    return std::move(picture).finish();
}

}  // namespace strata
