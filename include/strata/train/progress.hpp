// SPDX-License-Identifier: BSL-1.0
/// How far training is, while it runs: a bar on a terminal, plain lines elsewhere.
#pragma once

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/train/history.hpp>

namespace strata {

/// Seconds of a clock that never goes back.
inline double steady_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Where and how progress is shown. What is left as it is, is found out: whether `out` is a terminal, how wide, and
/// whether it takes UTF-8.
struct ProgressOptions {
    bool silent = false;
    std::FILE* out = stderr;  ///< not stdout: results that a program prints stay clean; null: silent
    std::optional<bool> terminal{};
    std::optional<int> width{};  ///< columns
    std::optional<bool> unicode{};
    double (*clock)() = steady_seconds;
};

/// Tells of training: begin, then for each epoch steps and an end, then finish (or the destructor).
/// On a terminal one line is rewritten in place, at most ten times a second, and each finished epoch leaves a line;
/// elsewhere a line an epoch,
/// and within an epoch at most one every 10 seconds.
/// The cursor is hidden only inside a single write, so that no signal can leave it hidden.
class Progress {
  public:
    explicit Progress(ProgressOptions options = {}) : options_(options) {
        if (options_.out == nullptr) options_.silent = true;
        terminal_ = options_.terminal.value_or(options_.out != nullptr && isatty(fileno(options_.out)) == 1);
        unicode_ = options_.unicode.value_or(takes_utf8());
    }
    ~Progress() { finish(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Training starts: so many epochs of so many steps, the first of these epochs being number `first` (more than 1
    /// where it is resumed).
    void begin(int epochs, std::int64_t steps, int first = 1) {
        epochs_ = epochs, steps_ = steps, epoch_ = first_ = first, step_ = samples_ = 0;
        begun_ = epoch_begun_ = shown_ = options_.clock();
    }
    /// A step of the current epoch is done (1, 2, ..
    /// steps), with so many samples; loss and accuracy are the epoch's means so far.
    void step(std::int64_t step, std::int64_t samples, double loss, std::optional<double> accuracy = {}) {
        step_ = step, samples_ += samples, loss_ = loss, accuracy_ = accuracy;
        if (options_.silent) return;
        const double now = options_.clock();
        if (now - shown_ < (terminal_ ? 0.1 : 10.0) && !(terminal_ && step == steps_)) return;
        shown_ = now;
        if (terminal_)
            write("\r" + bar_line(now) + "\x1b[K");
        else
            write(join(fields(now)) + '\n');
    }
    /// The epoch is over, and validated where it is: leaves a line that stays, and turns to the next epoch.
    void end_epoch(const EpochRecord& record) {
        if (!options_.silent) write(terminal_ ? "\r" + epoch_line(record) + "\x1b[K\n" : epoch_line(record) + '\n');
        epoch_ = record.epoch + 1, step_ = samples_ = 0;
        epoch_begun_ = shown_ = options_.clock();
    }
    /// A line of its own, of what is no step.
    void say(const std::string& line) {
        if (!options_.silent) write(line + '\n');
    }
    /// Training is over, whether it was completed or not: an unfinished line is ended.
    void finish() {
        if (open_line_) write("\n");
    }

  private:
    /// Hours, minutes, seconds: "0:07", "12:34", "1:02:03".
    static std::string clock_text(double seconds) {
        const auto whole = static_cast<long>(std::clamp(std::ceil(seconds), 0.0, 3.6e8));
        const auto two = [](long n) { return (n < 10 ? "0" : "") + std::to_string(n); };
        const long hours = whole / 3600, minutes = whole / 60 % 60;
        return (hours > 0 ? std::to_string(hours) + ':' + two(minutes) : std::to_string(minutes)) + ':' +
               two(whole % 60);
    }
    static std::string join(const std::vector<std::string>& fields) {
        std::string line;
        for (const std::string& field : fields)
            if (!field.empty()) line += (line.empty() ? "" : "  ") + field;
        return line;
    }
    static bool takes_utf8() {
        for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
            if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
                const std::string_view locale = value;  // the first that is set decides
                return locale.find("UTF-8") != locale.npos || locale.find("utf8") != locale.npos ||
                       locale.find("utf-8") != locale.npos;
            }
        return false;
    }
    int width() const {
        if (options_.width) return *options_.width;
        winsize size{};
        return ioctl(fileno(options_.out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    }
    std::string epoch_text(int epoch) const {
        return "epoch " + std::to_string(epoch) + '/' + std::to_string(first_ - 1 + epochs_);
    }

    /// What a running epoch has to tell, in reading order.
    std::vector<std::string> fields(double now) const {
        const double here = now - epoch_begun_, all = now - begun_;
        const std::string step = std::to_string(step_), steps = std::to_string(steps_);
        const auto done = static_cast<double>((epoch_ - first_) * steps_ + step_),
                   whole = static_cast<double>(epochs_ * steps_);
        return {epoch_text(epoch_),
                std::string(steps.size() - std::min(steps.size(), step.size()), ' ') + step + '/' +
                    steps,  // the bar stands still
                here > 0 ? fixed(static_cast<double>(samples_) / here, 0) + " samples/s" : "",
                done > 0 && all > 0 ? "ETA " + clock_text(all / done * (whole - done))
                                    : "",  // of the whole training, validation included
                "loss " + fixed(loss_, 4),
                accuracy_ ? "accuracy " + fixed(*accuracy_, 4) : ""};
    }
    /// The line with its bar, at most one column less than the terminal has (in the last one some wrap).
    /// What does not fit is left out:
    /// first the speed, then accuracy, ETA, loss, the bar, and the count of steps.
    std::string bar_line(double now) const {
        constexpr int least = 10, most = 30;
        const int room = std::max(1, width() - 1);
        std::vector<std::string> parts = fields(now);
        int bar = room - columns_of(join(parts)) - 2;
        for (const std::size_t drop : {2u, 5u, 3u, 4u}) {
            if (bar >= least) break;
            parts[drop].clear();
            bar = room - columns_of(join(parts)) - 2;
        }
        if (bar >= least) parts[1] += "  " + drawn_bar(std::min(bar, most));
        if (columns_of(join(parts)) > room) parts[1].clear();
        return join(parts).substr(0, bar >= least ? std::string::npos : static_cast<std::size_t>(room));
    }
    /// A bar of so many columns: in eighths of a column where blocks can be written, else [###---].
    std::string drawn_bar(int columns) const {
        const double part =
            steps_ > 0 ? std::clamp(static_cast<double>(step_) / static_cast<double>(steps_), 0.0, 1.0) : 0.0;
        std::string bar;
        if (!unicode_) {
            const int full = static_cast<int>(part * (columns - 2));
            bar = '[' + std::string(static_cast<std::size_t>(full), '#') +
                  std::string(static_cast<std::size_t>(columns - 2 - full), '-') + ']';
            return bar;
        }
        const int eighths = static_cast<int>(part * columns * 8);
        for (int i = 0; i < columns; ++i) {
            const int fill = std::clamp(eighths - 8 * i, 0, 8);
            // U+2588 is the full block, U+2589 .. U+258F have one eighth less each; U+2591 is a light shade.
            bar += fill == 0 ? "\xE2\x96\x91" : std::string("\xE2\x96") + static_cast<char>(0x90 - fill);
        }
        return bar;
    }
    std::string epoch_line(const EpochRecord& e) const {
        const auto pair = [](const std::string& name, const std::optional<double>& value, const char* word,
                             const std::optional<double>& other) {
            if (!value) return other ? "validation " + name + ' ' + fixed(*other, 4) : std::string();
            return name + ' ' + fixed(*value, 4) +
                   (other ? std::string(" (") + word + fixed(*other, 4) + ')' : "");
        };
        return join({epoch_text(e.epoch), fixed(e.seconds, 1) + " s",
                     pair("loss", e.loss, "validation ", e.validation_loss),
                     pair("accuracy", e.accuracy, e.validation_loss ? "" : "validation ", e.validation_accuracy)});
    }
    void write(const std::string& text) {
        const std::string whole = terminal_ ? "\x1b[?25l" + text + "\x1b[?25h" : text;
        std::fwrite(whole.data(), 1, whole.size(), options_.out);
        std::fflush(options_.out);
        open_line_ = text.back() != '\n';
    }

    ProgressOptions options_;
    bool terminal_ = false, unicode_ = false, open_line_ = false;
    int epochs_ = 0, epoch_ = 1, first_ = 1;
    std::int64_t steps_ = 0, step_ = 0, samples_ = 0;
    double loss_ = 0, begun_ = 0, epoch_begun_ = 0, shown_ = 0;
    std::optional<double> accuracy_{};
};

}  // namespace strata
