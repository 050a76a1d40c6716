// SPDX-License-Identifier: BSL-1.0
/// Text tables: cells aligned in columns, built as one string.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata {

/// A number with a fixed count of digits after the point, whatever the locale: fixed(0.5, 2) is "0.50"; "nan", "inf",
/// "-inf".
inline std::string fixed(double value, int digits) {
    if (std::isnan(value)) return "nan";
    char text[400];  // the largest double has 309 digits before the point
    const auto end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, std::clamp(digits, 0, 60)).ptr;
    return std::string(text, end);
}

/// The columns that UTF-8 text takes on a terminal, every code point counted as one.
constexpr int columns_of(std::string_view text) {
    int columns = 0;
    for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return columns;
}

/// Rows of cells as aligned text: the first column to the left, all others to the right, two spaces between them.
/// An empty row is an empty line; a row may be shorter than others.
class Table {
  public:
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

    /// One line for each row, each ended by a newline, no spaces at the end of a line.
    std::string text() const {
        std::vector<int> widths;
        for (const auto& cells : rows_) {
            widths.resize(std::max(widths.size(), cells.size()), 0);
            for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], columns_of(cells[i]));
        }
        std::string out;
        for (const auto& cells : rows_) {
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const std::string gap(static_cast<std::size_t>(widths[i] - columns_of(cells[i])), ' ');
                out += i == 0 ? cells[i] + gap : "  " + gap + cells[i];
            }
            while (!out.empty() && out.back() == ' ') out.pop_back();
            out += '\n';
        }
        return out;
    }

  private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace strata
