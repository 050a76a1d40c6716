// SPDX-License-Identifier: BSL-1.0
/// What a training run was like, epoch by epoch.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/metric/table.hpp>

namespace strata {

/// One epoch. What was not measured is absent; NaN is a measured NaN.
struct EpochRecord {
    int epoch = 0;                     ///< the first is 1
    double loss = 0;                   ///< mean over the epoch's training samples
    std::optional<double> accuracy{};  ///< on the training samples, 0 to 1; a Trainer does not measure it
    std::optional<double> validation_loss{};
    std::optional<double> validation_accuracy{};
    double rate = 0;     ///< the learning rate of the last step
    double seconds = 0;  ///< wall time, validation included
    long steps = 0;      ///< that it took
};

/// The records of all epochs, and the loss of each step where it was kept: of the last epochs, since no file keeps them.
struct History {
    std::vector<EpochRecord> epochs{};
    std::vector<float> step_losses{};

    /// Comma-separated values, one line for each epoch under a line of names; numbers read back to the same bits, what
    /// is absent is empty.
    std::string csv() const;
    /// Reads what csv() wrote.   Throws DataError naming the line.
    static History from_csv(std::string_view text);
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
    std::string out = "epoch,loss,accuracy,validation_loss,validation_accuracy,rate,seconds,steps\n";
    for (const EpochRecord& e : epochs)
        out += std::to_string(e.epoch) + ',' + cell(e.loss) + ',' + cell(e.accuracy) + ',' + cell(e.validation_loss) +
               ',' + cell(e.validation_accuracy) + ',' + cell(e.rate) + ',' + cell(e.seconds) + ',' +
               std::to_string(e.steps) + '\n';
    return out;
}

inline History History::from_csv(std::string_view text) {
    const auto next = [](std::string_view& from, char end) {
        const std::size_t at = from.find(end);
        const std::string_view piece = from.substr(0, at);
        from.remove_prefix(at == from.npos ? from.size() : at + 1);
        return piece;
    };
    long line = 1;
    const auto refuse = [&](const char* what) { throw DataError("strata: line " + std::to_string(line) + " of a history " + what + "; give what History::csv wrote"); };
    if (std::string(next(text, '\n')) + "\n" != History{}.csv()) refuse("does not name its columns");
    History h;
    while (!text.empty()) {
        ++line;
        std::string_view row = next(text, '\n');
        std::optional<double> cell[8];
        for (auto& value : cell) {
            const std::string_view digits = next(row, ',');
            double number = 0;
            if (digits.empty()) continue;
            if (const auto [last, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number); fault != std::errc{} || last != digits.data() + digits.size())
                refuse("holds what is no number");
            value = number;
        }
        if (!row.empty() || !cell[0] || !(*cell[0] >= 1 && *cell[0] <= 1 << 30) || !cell[1] || !cell[5] || !cell[6] || !cell[7] || !(*cell[7] >= 0 && *cell[7] <= 1e15))
            refuse("has other columns than epoch, loss, accuracies, rate, seconds and steps");
        h.epochs.push_back({static_cast<int>(*cell[0]), *cell[1], cell[2], cell[3], cell[4], *cell[5], *cell[6], static_cast<long>(*cell[7])});
    }
    return h;
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
