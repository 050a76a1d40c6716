// SPDX-License-Identifier: BSL-1.0
/// Axes of charts: ends and ticks at round numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#include <strata/metric/table.hpp>

namespace strata::svg {

/// A range with ticks at low, low + step, .., high.
/// The step is 1, 2 or 5 times a power of ten, and both ends are whole steps.
struct Axis {
    double low = 0, high = 1, step = 0.2;
    int digits = 1;  ///< that a tick's label needs after the point

    int ticks() const { return static_cast<int>(std::lround((high - low) / step)) + 1; }
    double tick(int i) const { return (std::round(low / step) + i) * step; }
    std::string label(int i) const {
        const double value = std::abs(tick(i)) < step / 2 ? 0.0 : tick(i);
        const double largest = std::max(std::abs(low), std::abs(high));
        if (largest < 1e6 && step > 1e-7) return fixed(value, digits);
        char text[32];
        std::snprintf(text, sizeof text, "%.*g", static_cast<int>(std::ceil(std::log10(largest / step))) + 1, value);
        return text;
    }
    /// Where a value lies between both ends: 0 at low, 1 at high.
    double position(double value) const { return (value - low) / (high - low); }
};

/// The axis round the values from low to high, with about so many ticks; equal or non-finite ends are widened to a
/// range, ends beyond 1e300 cut.
inline Axis nice_axis(double low, double high, int about = 6) {
    if (!std::isfinite(low) || !std::isfinite(high)) low = 0, high = 1;
    if (low > high) std::swap(low, high);
    low = std::clamp(low, -1e300, 1e300), high = std::clamp(high, -1e300, 1e300);
    if (std::max(std::abs(low), std::abs(high)) < 1e-300) low = high = 0;
    if (high - low <= 1e-9 * std::max(std::abs(low), std::abs(high))) {
        const double room = low == 0 ? 1 : std::abs(low) / 10;
        low -= room, high += room;
    }
    const double rough = (high - low) / std::max(1, about - 1);
    const double power = std::floor(std::log10(rough));
    const double base = std::pow(10.0, power), lead = rough / base;
    Axis axis;
    // Geometric midpoints between 1, 2, 5 and 10 part what is nearer to which.
    const double times = lead < 1.4142 ? 1 : lead < 3.1623 ? 2 : lead < 7.0711 ? 5 : 10;
    axis.step = times * base;
    // The slack keeps an end that already is a whole step from being pushed on by rounding.
    axis.low = std::floor(low / axis.step + 1e-9) * axis.step;
    axis.high = std::ceil(high / axis.step - 1e-9) * axis.step;
    axis.digits = std::max(0, -static_cast<int>(power) - (times == 10 ? 1 : 0));
    return axis;
}

}  // namespace strata::svg
