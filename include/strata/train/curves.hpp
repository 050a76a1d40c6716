// SPDX-License-Identifier: BSL-1.0
/// A training run as a picture: loss and accuracy over epochs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/train/axis.hpp>
#include <strata/train/history.hpp>
#include <strata/train/svg.hpp>

namespace strata {

namespace detail {
inline bool any_finite(const std::vector<double>& values) {
    return std::any_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

/// One panel of the curves: a figure on the training samples and the same on the validation samples, by epoch; NaN
/// where absent.
struct CurvePanel {
    std::string name;
    std::vector<double> training, validation;
    std::vector<double> steps{}, step_at{};  ///< means of equally long runs of steps, and where in epochs these runs lie
    bool low_is_good = true;

    /// Index of the best validation figure, or of the best on the training samples where none was validated; -1: there
    /// is none.
    int best() const {
        const auto& from = any_finite(validation) ? validation : training;
        int found = -1;
        for (std::size_t i = 0; i < from.size(); ++i)
            if (std::isfinite(from[i]) &&
                (found < 0 || (low_is_good ? from[i] < from[static_cast<std::size_t>(found)]
                                           : from[i] > from[static_cast<std::size_t>(found)])))
                found = static_cast<int>(i);
        return found;
    }
    svg::Axis axis() const {
        double low = std::numeric_limits<double>::infinity(), high = -low;
        const auto widen = [&](double v, double limit) {
            if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, std::min(v, limit));
        };
        for (const double v : training) widen(v, v);
        for (const double v : validation) widen(v, v);
        // The first steps' loss is far above all else: beyond this limit it is cut off.
        const double limit = high + 0.75 * std::abs(high);
        for (const double v : steps) widen(v, limit);
        return svg::nice_axis(low, high);
    }
};

/// Where in epochs each step of a history lies whose loss was kept: those of the last epochs, each epoch's spread over its own time. Where no
/// record tells of steps, all are spread over all epochs.
inline std::vector<double> step_places(const History& history) {
    std::vector<double> at(history.step_losses.size());
    std::size_t left = at.size();
    const auto spread = [&](double from, double to, std::size_t steps) {
        for (std::size_t i = 0; i < steps; ++i) at[left - steps + i] = from + (to - from) * (static_cast<double>(i) + 0.5) / static_cast<double>(steps);
        left -= steps;
    };
    for (auto e = history.epochs.rbegin(); e != history.epochs.rend() && left > 0 && e->steps > 0; ++e)
        spread(e->epoch - 1, e->epoch, std::min(left, static_cast<std::size_t>(e->steps)));
    if (left == at.size() && !history.epochs.empty()) spread(history.epochs.front().epoch - 1, history.epochs.back().epoch, left);
    at.erase(at.begin(), at.begin() + static_cast<std::ptrdiff_t>(left));
    return at;
}
/// Means over at most `parts` equal runs of the values.
inline std::vector<double> thinned(const std::vector<double>& values, std::size_t parts) {
    std::vector<double> out;
    const std::size_t n = values.size(), count = std::min(n, parts);
    for (std::size_t part = 0; part < count; ++part) {
        const std::size_t begin = n * part / count, end = n * (part + 1) / count;
        double sum = 0;
        for (std::size_t i = begin; i < end; ++i) sum += values[i];
        out.push_back(sum / static_cast<double>(end - begin));
    }
    return out;
}

/// The area of a panel on the page, and where values lie in it.
struct CurveArea {
    double left, top, width, height;
    svg::Axis across, up;
    double x(double epoch) const { return left + width * across.position(epoch); }
    double y(double value) const { return top + height * (1 - up.position(value)); }
};

/// The path through all finite points; a gap where a value is missing.
template <class X>
std::string curve_path(const CurveArea& area, const std::vector<double>& values, X x_of) {
    std::string path;
    bool down = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool shown = std::isfinite(values[i]) && values[i] <= area.up.high;  // the first steps may lie above
        if (shown)
            path += (down           ? " L"
                     : path.empty() ? "M"
                                    : " M") +
                    svg::number(area.x(x_of(i))) + ' ' + svg::number(area.y(values[i]));
        down = shown;
    }
    return path;
}

inline void draw_axes(svg::Picture& picture, const CurveArea& area, const std::string& name) {
    picture.text(area.left, area.top - 14, name, "class=\"head ink\"");
    for (int i = 0; i < area.up.ticks(); ++i) {
        const double y = area.y(area.up.tick(i));
        picture.line(area.left, y, area.left + area.width, y, i == 0 ? "class=\"axis\"" : "class=\"grid\"");
        picture.text(area.left - 8, y + 4, area.up.label(i), "class=\"dim end\"");
    }
    for (int i = 0; i < area.across.ticks(); ++i) {
        const double x = area.x(area.across.tick(i));
        picture.line(x, area.top + area.height, x, area.top + area.height + 5, "class=\"axis\"");
        picture.text(x, area.top + area.height + 20, area.across.label(i), "class=\"dim middle\"");
    }
    picture.text(area.left + area.width / 2, area.top + area.height + 42, "epoch", "class=\"dim middle\"");
}

inline void draw_curve(svg::Picture& picture, const CurveArea& area, const std::vector<double>& values,
                       const std::vector<EpochRecord>& epochs, const std::string& name, const std::string& colour) {
    const auto x_of = [&](std::size_t i) { return static_cast<double>(epochs[i].epoch); };
    picture.path(curve_path(area, values, x_of), "class=\"curve line-" + colour + '"');
    const double radius = values.size() <= 40 ? 3.5 : 1.8;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isfinite(values[i]))
            picture.circle(area.x(x_of(i)), area.y(values[i]), radius, "class=\"" + colour + '"',
                           name + ", epoch " + std::to_string(epochs[i].epoch) + ": " + fixed(values[i], 4));
}

inline std::vector<CurvePanel> curve_panels(const History& history) {
    CurvePanel loss{"Loss", {}, {}}, accuracy{"Accuracy", {}, {}};
    const double none = std::numeric_limits<double>::quiet_NaN();
    for (const EpochRecord& e : history.epochs) {
        loss.training.push_back(e.loss), loss.validation.push_back(e.validation_loss.value_or(none));
        accuracy.training.push_back(e.accuracy.value_or(none)),
            accuracy.validation.push_back(e.validation_accuracy.value_or(none));
    }
    const std::vector<double> places = step_places(history);
    loss.step_at = thinned(places, 300);
    loss.steps = thinned(std::vector<double>(history.step_losses.end() - static_cast<std::ptrdiff_t>(places.size()), history.step_losses.end()), 300);
    accuracy.low_is_good = false;
    // A network that does not classify has no accuracy: its loss gets the whole page.
    if (accuracy.best() < 0) return {loss};
    return {loss, accuracy};
}
/// "5 epochs, best validation accuracy 0.9153 in epoch 4"
inline std::string curves_subtitle(const CurvePanel& panel, const std::vector<EpochRecord>& epochs) {
    std::string text = std::to_string(epochs.size()) + (epochs.size() == 1 ? " epoch" : " epochs");
    const int best = panel.best();
    if (best < 0) return text;
    const auto at = static_cast<std::size_t>(best);
    const bool validated = any_finite(panel.validation);
    return text + ", best " + (validated ? "validation " : "training ") + (panel.low_is_good ? "loss " : "accuracy ") +
           fixed((validated ? panel.validation : panel.training)[at], 4) + " in epoch " +
           std::to_string(epochs[at].epoch);
}

/// What the lines mean, written from the right edge to the left.
inline void draw_legend(svg::Picture& picture, double right, bool validated, bool steps) {
    const auto entry = [&](const std::string& name, const std::string& line) {
        right -= svg::width_of(name, 12);
        picture.text(right, 38, name, "class=\"ink\"");
        picture.line(right - 30, 34, right - 8, 34, line);
        right -= 52;
    };
    if (validated) entry("validation", "class=\"curve line-orange\"");
    entry("training", "class=\"curve line-blue\"");
    if (steps) entry("single steps", "class=\"line-pale\"");
}

inline svg::Axis epoch_axis(const std::vector<EpochRecord>& epochs, bool steps) {
    const int first = epochs.empty() ? 1 : epochs.front().epoch, last = epochs.empty() ? 1 : epochs.back().epoch;
    const int begin = steps ? first - 1 : first;  // steps fill the time before the first epoch's end
    if (begin == last) return {begin - 1.0, last + 1.0, 1, 0};
    const svg::Axis axis = svg::nice_axis(begin, last, std::min(11, last - begin + 1));
    return axis.step < 1 ? svg::Axis{static_cast<double>(begin), static_cast<double>(last), 1, 0} : axis;
}

inline void draw_panel(svg::Picture& picture, const CurveArea& area, const CurvePanel& panel,
                       const std::vector<EpochRecord>& epochs) {
    draw_axes(picture, area, panel.name);
    picture.path(curve_path(area, panel.steps, [&](std::size_t i) { return panel.step_at[i]; }), "class=\"line-pale\"");
    draw_curve(picture, area, panel.training, epochs, "training", "blue");
    draw_curve(picture, area, panel.validation, epochs, "validation", "orange");
    if (!any_finite(panel.validation)) return;
    const auto best = static_cast<std::size_t>(panel.best());
    picture.circle(area.x(epochs[best].epoch), area.y(panel.validation[best]), 7,
                   "class=\"line-orange\" fill=\"none\" stroke-width=\"1.5\"");
}
}  // namespace detail

/// Loss and accuracy on training and validation samples over epochs, as an SVG file of 960 by 420.
/// A ring marks the best validation figure. Losses of single steps, where kept, are a pale line behind.
/// What is absent or not finite leaves a gap; without accuracy, loss has the whole page.
inline std::string curves_svg(const History& history, std::string_view title = "Training") {
    constexpr double width = 960, height = 420, left = 76, right = 32, between = 84, top = 122, bottom = 66;
    const std::vector<detail::CurvePanel> panels = detail::curve_panels(history);
    const bool steps = !panels[0].steps.empty();
    const bool validated =
        detail::any_finite(panels.front().validation) || detail::any_finite(panels.back().validation);
    svg::Picture picture(width, height, title, detail::curves_subtitle(panels.back(), history.epochs));
    detail::draw_legend(picture, width - right, validated, steps);

    const auto count = static_cast<double>(panels.size());
    const double each = (width - left - right - between * (count - 1)) / count;
    const svg::Axis across = detail::epoch_axis(history.epochs, steps);
    double x = left;
    for (const detail::CurvePanel& panel : panels) {
        detail::draw_panel(picture, {x, top, each, height - top - bottom, across, panel.axis()}, panel, history.epochs);
        x += each + between;
    }
    return std::move(picture).finish();
}

}  // namespace strata
