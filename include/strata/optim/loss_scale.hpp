// SPDX-License-Identifier: BSL-1.0
/// Dynamic loss scaling: gradients of a loss times `scale` stay above what f16 can hold; where one overflows, the step is left out and the scale halved.
/// Source: Micikevicius et al., "Mixed precision training", 2018; sizes as PyTorch's GradScaler has them.
#pragma once

#include <strata/op/abs.hpp>
#include <strata/op/add.hpp>
#include <strata/op/compare.hpp>
#include <strata/op/divide.hpp>
#include <strata/op/max.hpp>
#include <strata/op/maximum.hpp>
#include <strata/op/minimum.hpp>
#include <strata/op/multiply.hpp>
#include <strata/op/select.hpp>
#include <strata/optim/optimiser.hpp>

namespace strata {

/// What a training step in f16 begins with, and how its scale goes on. Powers of two change nothing but exponents.
struct LossScale {
    double initial = 65536;
    double growth = 2, backoff = 0.5;  ///< the scale's factors after `interval` good steps in a row, and after a bad one
    long interval = 2000;
    static constexpr int scalars = 3;
    void settings(const SettingCheck& check) const {
        check("initial", initial, SettingRange::positive);
        check("growth", growth, SettingRange::positive);
        check("backoff", backoff, SettingRange::positive);
        check("interval", static_cast<double>(interval), SettingRange::positive);
    }
    void numbers(double* out) const {
        out[0] = growth;
        out[1] = backoff;
        out[2] = static_cast<double>(interval);
    }
    static constexpr float smallest = 0x1p-24f, largest = 0x1p60f;  ///< of a scale: it comes back from neither 0 nor infinity

    /// Whether every number of g is finite.   Shape: [1].
    static constexpr auto finite(Expression auto g) { return max_keep(abs(g), axes<>) <= 0x1.fffffep127f; }
    /// Whether the step before was taken, by the number that `next` gave of it.
    static constexpr auto taken(Expression auto good) { return good >= 0.f; }
    /// The next scale and the next number of good steps in a row, -1 after one that was left out.   First: the place of the three numbers among
    /// the optimiser's own.
    template <int First>
    static constexpr auto next(Expression auto scale, Expression auto good, Expression auto finite) {
        const auto row = select(finite, maximum(good, 0.f) + 1.f, -1.f);
        const auto due = row >= own<First + 2>();
        return updated(select(finite, select(due, minimum(scale * own<First>(), largest), scale), maximum(scale * own<First + 1>(), smallest)), select(due, 0.f, row));
    }
};

}  // namespace strata
