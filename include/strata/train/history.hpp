// SPDX-License-Identifier: BSL-1.0
/// What a training run was like, epoch by epoch.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <strata/metric/table.hpp>

namespace strata {

/// One epoch. What was not measured is absent; NaN is a measured NaN.
struct EpochRecord {
    int epoch = 0;                     ///< the first is 1
    double loss = 0;                   ///< mean over the epoch's training samples
    std::optional<double> accuracy{};  ///< on the training samples, 0 to 1
    std::optional<double> validation_loss{};
    std::optional<double> validation_accuracy{};
    double rate = 0;     ///< the learning rate of the last step
    double seconds = 0;  ///< wall time, validation included
};

/// The records of all epochs, and the loss of each step where it was kept.
struct History {
    std::vector<EpochRecord> epochs{};
    std::vector<float> step_losses{};

    /// Comma-separated values, one line for each epoch under a line of names; numbers read back to the same bits, what
    /// is absent is empty.
    std::string csv() const;
    /// An aligned table; what is absent is a dash.
    std::string text() const;
};

namespace detail {
/// The shortest text that reads back to the same number, whatever the locale.
template <class Float>
std::string shortest(Float value) {
    if (value != value) return "nan";
    char text[32];
    return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}
inline std::string fixed_or_dash(const std::optional<double>& value, int digits) {
    return value ? fixed(*value, digits) : "-";
}
}  // namespace detail

inline std::string History::csv() const {
    const auto cell = [](const std::optional<double>& value) {
        return value ? detail::shortest(*value) : std::string();
    };
    std::string out = "epoch,loss,accuracy,validation_loss,validation_accuracy,rate,seconds\n";
    for (const EpochRecord& e : epochs)
        out += std::to_string(e.epoch) + ',' + cell(e.loss) + ',' + cell(e.accuracy) + ',' + cell(e.validation_loss) +
               ',' + cell(e.validation_accuracy) + ',' + cell(e.rate) + ',' + cell(e.seconds) + '\n';
    return out;
}

inline std::string History::text() const {
    Table table;
    table.row({"epoch", "loss", "accuracy", "validation loss", "validation accuracy", "rate", "seconds"});
    for (const EpochRecord& e : epochs)
        table.row({std::to_string(e.epoch), fixed(e.loss, 4), detail::fixed_or_dash(e.accuracy, 4),
                   detail::fixed_or_dash(e.validation_loss, 4), detail::fixed_or_dash(e.validation_accuracy, 4),
                   detail::shortest(static_cast<float>(e.rate)), fixed(e.seconds, 1)});
    return table.text();
}

}  // namespace strata
