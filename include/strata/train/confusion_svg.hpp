// SPDX-License-Identifier: BSL-1.0
/// The confusion matrix as a picture.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include <strata/metric/accuracy.hpp>
#include <strata/metric/class_names.hpp>
#include <strata/metric/confusion.hpp>
#include <strata/metric/precision.hpp>
#include <strata/metric/recall.hpp>
#include <strata/train/svg.hpp>

namespace strata {

namespace detail {
/// Percent with one digit; a dash where there is nothing to be a share of.
inline std::string percent(double share, std::int64_t whole) {
    return whole == 0 ? "\xE2\x80\x93" : fixed(100 * share, 1) + '%';
}

/// What one cell shows: its count, on a ground that grows with its share of the row; right ones blue, mistakes orange.
inline void draw_cell(svg::Picture& picture, double x, double y, double size, std::int64_t count, double share,
                      bool right, const std::string& hint) {
    // The square root lifts the few mistakes, which are what one looks for, out of the ground.
    const double strength = count == 0 ? 0 : 0.06 + 0.94 * std::sqrt(share);
    if (strength > 0)
        picture.rect(x + 1, y + 1, size - 2, size - 2,
                     std::string("rx=\"3\" class=\"") + (right ? "cell-right" : "cell-wrong") + "\" fill-opacity=\"" +
                         svg::number(strength) + '"',
                     hint);
    if (size < 26) return;  // no room for digits: the hint tells (see ConfusionLayout::digits)
    const std::string tone = count == 0 ? "faint" : strength > 0.6 ? "on" : "ink";
    const double fit = std::min(12.0, (size - 4) / (0.62 * columns_of(std::to_string(count))));
    picture.text(x + size / 2, y + size / 2 + 0.36 * fit, std::to_string(count),
                 "class=\"middle " + tone + "\" pointer-events=\"none\"" +
                     (fit < 12 ? " style=\"font-size: " + svg::number(fit) + "px\"" : ""));
}
/// Where things stand on the page of a confusion matrix.   Units: pixels.
struct ConfusionLayout {
    static constexpr double share_width = 64;  ///< of the column of recalls
    static constexpr int longest = 22;         ///< columns of a class name
    double size, font;                         ///< of a cell, of a class name
    bool aslant;                               ///< column names wider than a cell stand at 40 degrees
    double left, top, side, width, height;     ///< of the matrix; of the page

    bool digits() const { return size >= 26; }
    double middle(int label) const { return label * size + size / 2; }
    std::string name_style() const { return font < 12 ? "\" style=\"font-size: 10px\"" : "\""; }
};

inline ConfusionLayout confusion_layout(int classes, const ClassNames& names) {
    ConfusionLayout at{};
    at.size = classes <= 12 ? 48 : classes <= 24 ? 34 : classes <= 60 ? 16 : 12;
    at.font = at.size < 20 ? 10 : 12;
    double widest = 0;
    for (int k = 0; k < classes; ++k)
        widest = std::max(widest, svg::width_of(svg::shorten(names[k], ConfusionLayout::longest), at.font));
    at.aslant = widest > at.size - 2;
    at.left = svg::Picture::margin + 38 + std::max(widest, 36.0);  // "precision" stands there too
    at.top = svg::Picture::top + 30 + (at.aslant ? 0.65 * widest + 12 : 14);
    at.side = at.size * classes;
    const double overhang = at.aslant ? 0.77 * widest - at.size / 2 : 0;  // of the last column's name
    at.width =
        std::max(at.left + at.side + std::max(ConfusionLayout::share_width, overhang) + svg::Picture::margin, 420.0);
    at.height = at.top + at.side + (at.digits() ? 20 : 0) + svg::Picture::margin;
    return at;
}

inline void draw_class_names(svg::Picture& picture, const ConfusionLayout& at, int classes, const ClassNames& names) {
    picture.text(at.left + at.side / 2, svg::Picture::top + 12, "predicted", "class=\"head dim middle\"");
    picture.text(0, 0, "truth",
                 "class=\"head dim middle\" transform=\"translate(" + svg::number(svg::Picture::margin + 10) + ' ' +
                     svg::number(at.top + at.side / 2) + ") rotate(-90)\"");
    for (int k = 0; k < classes; ++k) {
        const std::string name = svg::shorten(names[k], ConfusionLayout::longest);
        picture.text(at.left - 10, at.top + at.middle(k) + 4, name, "class=\"ink end" + at.name_style());
        if (at.aslant)
            picture.text(0, 0, name,
                         "transform=\"translate(" + svg::number(at.left + at.middle(k) + 2) + ' ' +
                             svg::number(at.top - 8) + ") rotate(-40)\" class=\"ink" + at.name_style());
        else
            picture.text(at.left + at.middle(k), at.top - 10, name, "class=\"ink middle" + at.name_style());
    }
}

/// Recall at the end of each row, precision under each column.
template <int Classes>
void draw_shares(svg::Picture& picture, const ConfusionLayout& at, const ConfusionMatrix<Classes>& confusion) {
    const double right = at.left + at.side + ConfusionLayout::share_width - 4, below = at.top + at.side + 18;
    const std::string narrow = at.size < 40 ? "class=\"dim middle\" style=\"font-size: 9px\"" : "class=\"dim middle\"";
    for (int k = 0; k < Classes; ++k) {
        picture.text(right, at.top + at.middle(k) + 4, percent(recall(confusion, k), confusion.support(k)),
                     "class=\"dim end\"");
        picture.text(at.left + at.middle(k), below, percent(precision(confusion, k), confusion.predictions(k)), narrow);
    }
    picture.text(at.left - 10, below, "precision", "class=\"small dim end\"");
    picture.text(right, below, "recall", "class=\"small dim end\"");
}
}  // namespace detail

/// A row for each true class, a column for each predicted one; each cell its count, coloured by its share of the row.
/// At the right each class's recall, below its precision. From 25 classes on cells are small, and without digits.
/// Throws DataError where names do not fit.
template <int Classes>
std::string confusion_svg(const ConfusionMatrix<Classes>& confusion, const ClassNames& names = {},
                          std::string_view title = "Confusion matrix") {
    names.require(Classes);
    const detail::ConfusionLayout at = detail::confusion_layout(Classes, names);
    svg::Picture picture(
        at.width, at.height, title,
        "accuracy " + fixed(accuracy(confusion), 4) + " on " + std::to_string(confusion.total()) + " samples");
    detail::draw_class_names(picture, at, Classes, names);
    picture.rect(at.left, at.top, at.side, at.side, "class=\"frame\" rx=\"4\"");
    for (int t = 0; t < Classes; ++t) {
        const std::int64_t support = confusion.support(t);
        for (int p = 0; p < Classes; ++p)
            if (const std::int64_t count = confusion(t, p); count != 0 || at.digits())
                detail::draw_cell(picture, at.left + p * at.size, at.top + t * at.size, at.size, count,
                                  ratio(count, support), t == p,
                                  names[t] + " taken for " + names[p] + ": " + std::to_string(count) + " of " +
                                      std::to_string(support));
    }
    if (at.digits()) detail::draw_shares(picture, at, confusion);
    return std::move(picture).finish();
}

}  // namespace strata
