// SPDX-License-Identifier: BSL-1.0
#include <strata/train/progress.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>

#include <cstring>

using strata::EpochRecord;
using strata::Progress;
using strata::ProgressOptions;

namespace {
double now = 0;

/// A file in memory that is read back.
struct Sink {
    char* data = nullptr;
    std::size_t size = 0;
    std::FILE* file = open_memstream(&data, &size);
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink() {
        std::fclose(file);
        std::free(data);
    }
    std::string text() {
        std::fflush(file);
        return std::string(data, size);
    }
    ProgressOptions options(bool terminal, int width = 100, bool unicode = false) {
        now = 1000;
        return {.out = file, .terminal = terminal, .width = width, .unicode = unicode, .clock = [] { return now; }};
    }
};

/// What a terminal shows in the end: \r goes to the start of the line, ESC [ K clears the rest of it.
struct Screen {
    std::vector<std::string> lines{""};
    std::size_t column = 0, widest = 0;
    bool cursor = true;
    explicit Screen(const std::string& text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::string_view rest = std::string_view(text).substr(i);
            if (rest.starts_with("\x1b[K"))
                lines.back().resize(column), i += 2;
            else if (rest.starts_with("\x1b[?25l"))
                cursor = false, i += 5;
            else if (rest.starts_with("\x1b[?25h"))
                cursor = true, i += 5;
            else if (text[i] == '\r')
                column = 0;
            else if (text[i] == '\n')
                lines.emplace_back(), column = 0;
            else {
                lines.back().resize(std::max(lines.back().size(), column + 1));
                lines.back()[column++] = text[i];
                widest = std::max(widest, column);
            }
        }
    }
};
const EpochRecord record{
    .epoch = 1, .loss = 0.5, .accuracy = 0.75, .validation_loss = 0.25, .validation_accuracy = 0.875, .seconds = 4.25};
}  // namespace

TEST_CASE("progress: on a terminal one line, rewritten in place") {
    Sink sink;
    {
        Progress p(sink.options(true));
        p.begin(2, 100);
        now += 1;
        p.step(9, 640, 2.0, 0.1);
        now += 1;
        p.step(50, 5760, 1.25, 0.5);
        const Screen screen(sink.text());
        REQUIRE(screen.lines.size() == 1);
        // 6400 samples in 2 s; 50 of 200 steps in 2 s, so 6 s are left.
        CHECK(screen.lines[0] ==
              "epoch 1/2   50/100  [##########-----------]  3200 samples/s  ETA 0:06  loss 1.2500  accuracy 0.5000");
        CHECK(screen.cursor);
    }
    const Screen left(sink.text());  // left in mid-epoch: the line is ended, once
    CHECK(left.lines.size() == 2);
    CHECK(left.cursor);
}

TEST_CASE("progress: a finished epoch leaves its line, the next one starts anew; resumed epochs count on") {
    Sink sink;
    Progress p(sink.options(true));
    p.begin(2, 10, 4);
    now += 4;
    p.step(10, 640, 0.5);
    EpochRecord fourth = record;
    fourth.epoch = 4;
    p.end_epoch(fourth);
    now += 1;
    p.step(5, 320, 0.4);
    const Screen screen(sink.text());
    REQUIRE(screen.lines.size() == 2);
    CHECK(screen.lines[0] == "epoch 4/5  4.2 s  loss 0.5000 (validation 0.2500)  accuracy 0.7500 (0.8750)");
    CHECK(screen.lines[1].starts_with("epoch 5/5   5/10  ["));
    CHECK(screen.lines[1].find("320 samples/s") != std::string::npos);
    CHECK(screen.lines[1].find("ETA 0:02") != std::string::npos);  // 15 of 20 steps in 5 s
    CHECK(screen.lines[1].find("accuracy") == std::string::npos);
}

TEST_CASE("progress: fits any width, and says the most important") {
    for (int width = 1; width <= 140; ++width)
        for (const bool unicode : {false, true}) {
            Sink sink;
            Progress p(sink.options(true, width, unicode));
            p.begin(20, 938);
            now += 100;
            p.step(471, 471 * 64, 0.3142, 0.9);
            const Screen screen(sink.text());
            REQUIRE(screen.lines.size() == 1);
            CAPTURE(width);
            CHECK(strata::columns_of(screen.lines[0]) <= std::max(1, width - 1));
            if (width >= 12) CHECK(screen.lines[0].starts_with("epoch 1/20"));
            if (width >= 50) CHECK(screen.lines[0].find("loss 0.3142") != std::string::npos);
            if (width >= 60) CHECK(screen.lines[0].find("ETA 1:04:44") != std::string::npos);
        }
}

TEST_CASE("progress: the bar in eighths of a column") {
    Sink sink;
    Progress p(sink.options(true, 200, true));
    p.begin(1, 240);
    now += 1;
    p.step(3, 3, 1);
    CHECK(sink.text().find("3/240  \xE2\x96\x8D\xE2\x96\x91") != std::string::npos);  // three eighths, then empty
    now += 1;
    p.step(240, 3, 1);
    std::string full;
    for (int i = 0; i < 30; ++i) full += "\xE2\x96\x88";
    CHECK(sink.text().find("240/240  " + full + "  ") != std::string::npos);
}

TEST_CASE("progress: at most ten lines a second on a terminal, but the last step always") {
    Sink sink;
    Progress p(sink.options(true));
    p.begin(1, 1000);
    int drawn = 0;
    for (int i = 1; i <= 1000; ++i) {
        now += 0.001;
        p.step(i, 1, 1);
    }
    const std::string text = sink.text();
    for (std::size_t at = 0; (at = text.find('\r', at)) != text.npos; ++at) ++drawn;
    CHECK(drawn >= 9);
    CHECK(drawn <= 11);
    CHECK(Screen(text).lines[0].find("1000/1000") != std::string::npos);
}

TEST_CASE("progress: plain lines elsewhere, one an epoch and at most one every 10 seconds") {
    Sink sink;
    Progress p(sink.options(false));
    p.begin(1, 100);
    for (int i = 1; i <= 100; ++i) {
        now += 0.25;
        p.step(i, 64, 0.5, 0.75);
    }
    EpochRecord plain = record;
    plain.validation_loss.reset(), plain.validation_accuracy.reset();
    p.end_epoch(plain);
    p.finish();
    CHECK(sink.text() ==
          "epoch 1/1   40/100  256 samples/s  ETA 0:15  loss 0.5000  accuracy 0.7500\n"
          "epoch 1/1   80/100  256 samples/s  ETA 0:05  loss 0.5000  accuracy 0.7500\n"
          "epoch 1/1  4.2 s  loss 0.5000  accuracy 0.7500\n");
}

TEST_CASE("progress: an accuracy that is of validation alone is called so") {
    Sink sink;
    Progress p(sink.options(false));
    p.begin(1, 1);
    EpochRecord only = record;
    only.accuracy.reset();
    p.end_epoch(only);
    p.finish();
    CHECK(sink.text() == "epoch 1/1  4.2 s  loss 0.5000 (validation 0.2500)  validation accuracy 0.8750\n");
}

TEST_CASE("progress: silent is silent; no steps and no time are no trouble") {
    Sink sink;
    {
        ProgressOptions options = sink.options(true);
        options.silent = true;
        Progress p(options);
        p.begin(1, 2);
        now += 60;
        p.step(1, 1, 1), p.end_epoch(record), p.finish();
    }
    CHECK(sink.text() == "");
    ProgressOptions nowhere = sink.options(true);
    nowhere.out = nullptr;
    Progress quiet(nowhere);
    quiet.begin(1, 1), quiet.step(1, 1, 1), quiet.end_epoch(record), quiet.finish();
    Progress p(sink.options(true));
    p.begin(1, 0);
    p.step(0, 0, std::numeric_limits<double>::quiet_NaN());
    CHECK(Screen(sink.text()).lines[0].find("loss nan") != std::string::npos);
    p.end_epoch({.epoch = 1});
}

TEST_CASE("progress: finds out what it writes to") {
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        MESSAGE("no pseudo terminal here");
        return;
    }
    std::FILE* terminal = std::fopen(ptsname(master), "w");
    REQUIRE(terminal != nullptr);
    winsize size{};
    size.ws_col = 47, size.ws_row = 10;
    REQUIRE(ioctl(fileno(terminal), TIOCSWINSZ, &size) == 0);
    {
        now = 0;
        Progress p({.out = terminal, .unicode = false, .clock = [] { return now; }});
        p.begin(1, 100);
        now += 5;
        p.step(50, 50, 0.5);
        char text[1000];
        const auto n = read(master, text, sizeof text);
        REQUIRE(n > 0);
        const Screen screen(std::string(text, static_cast<std::size_t>(n)));
        CHECK(screen.lines[0] == "epoch 1/1   50/100  [#####------]  loss 0.5000");
    }
    std::fclose(terminal);
    close(master);
    Sink sink;  // memory is no terminal
    Progress p({.out = sink.file, .clock = [] { return now; }});
    p.begin(1, 1), p.end_epoch(record);
    CHECK(sink.text().find('\r') == std::string::npos);
}

TEST_CASE("a line that is none of a step is said whole, on a terminal or not, and not where it is silent") {
    for (const bool terminal : {false, true}) {
        Sink sink;
        ProgressOptions options = sink.options(terminal);
        Progress(options).say("nothing to do");
        CHECK(sink.text().find("nothing to do") != std::string::npos);
        CHECK(sink.text().find('\n') != std::string::npos);
        const std::size_t before = sink.size;
        options.silent = true;
        Progress(options).say("and this");
        sink.text();
        CHECK(sink.size == before);
    }
}
