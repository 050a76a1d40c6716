// SPDX-License-Identifier: BSL-1.0
/// Stops a training run that no longer gets better.
#pragma once

#include <string>

#include <strata/core/error.hpp>

namespace strata {

/// Watches one figure, once an epoch. It is better than before where it beats the best by more than min_delta;
/// after `patience` updates in a row that were not, stop() is true. NaN is never better.
/// A plain record: `EarlyStopping{.patience = 3, .mode = EarlyStopping::Mode::max}`; copied with its state, it goes
/// on where it was.
struct EarlyStopping {
    /// Which way is better: min for a loss, max for an accuracy.
    enum class Mode { min, max };

    int patience = 3;
    double min_delta = 0;
    Mode mode = Mode::min;

    /// What was seen so far.
    struct State {
        int updates = 0;      ///< figures seen
        int waited = 0;       ///< updates since the best
        int best_update = 0;  ///< number of the best update, the first is 1; 0: none yet
        double best = 0;      ///< means something once best_update > 0
        friend bool operator==(const State&, const State&) = default;
    } state{};

    /// Takes the next figure and tells whether it is the best so far.
    /// Throws DataError where patience < 1 or min_delta is not >= 0.
    bool update(double figure) {
        if (patience < 1 || !(min_delta >= 0))
            throw DataError("strata: early stopping with patience " + std::to_string(patience) + " and min_delta " +
                            std::to_string(min_delta) + "; patience must be 1 or more, min_delta 0 or more");
        ++state.updates;
        ++state.waited;
        const double gain = mode == Mode::min ? state.best - figure : figure - state.best;
        if (state.best_update == 0 ? figure == figure : gain > min_delta) {
            state.best = figure;
            state.best_update = state.updates;
            state.waited = 0;
        }
        return improved();
    }
    /// The last update was the best so far: the moment to keep the weights.
    bool improved() const { return state.updates > 0 && state.waited == 0; }
    /// Patience is over.
    bool stop() const { return state.waited >= patience; }
};

}  // namespace strata
