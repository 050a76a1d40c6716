// SPDX-License-Identifier: BSL-1.0
#include <strata/train/checkpoint.hpp>

#include <doctest/doctest.h>

#include <limits>

#include <strata/optim/clip.hpp>
#include <strata/optim/sgd.hpp>

#include "../support/folder.hpp"

using strata::Checkpoint;
namespace io = strata::io;

namespace {
const Checkpoint run{.seed = 7, .optimiser = "Adam", .epoch = 3, .steps = 99, .skipped = 1, .history = {.epochs = {{.epoch = 3, .loss = 0.1, .rate = 1e-3, .seconds = 2}}}};
/// What reading says of a file with this metadata.
std::string refusal(const io::Metadata& metadata) {
    const support::Folder folder;
    io::write_safetensors(folder / "file", {}, metadata);
    try {
        const Checkpoint c = Checkpoint::of(io::SafetensorsFile(folder / "file"), "file", {.seed = 7, .optimiser = "Adam"});
        return c.metadata() == run.metadata() ? "the same" : "another";
    } catch (const strata::FileError& e) {
        return e.what();
    }
}
std::string refusal(const char* key, const std::string& value) {
    io::Metadata metadata = run.metadata();
    metadata[key] = value;
    return refusal(metadata);
}
bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_CASE("a checkpoint's metadata read back are the same") { CHECK(refusal(run.metadata()) == "the same"); }

TEST_CASE("settings and forgotten epochs are there where there are some, read back to the same bits, and two of one name stay two") {
    Checkpoint c = run;
    CHECK_FALSE(c.metadata().contains("strata.settings"));
    CHECK_FALSE(c.metadata().contains("strata.forgotten"));
    c.forgotten = 2;
    c.take_settings(strata::clip(strata::clip(strata::Sgd{.rate = 0.1 / 3}, std::numeric_limits<double>::infinity()), 1e-7));
    const support::Folder folder;
    io::write_safetensors(folder / "file", {}, c.metadata());
    const Checkpoint back = Checkpoint::of(io::SafetensorsFile(folder / "file"), "file", {.seed = 7, .optimiser = "Adam"});
    CHECK(back.metadata() == c.metadata());
    CHECK(back.forgotten == 2);
    auto other = strata::clip(strata::clip(strata::Sgd{}, 1), 2);
    back.give_settings(other, "file");
    CHECK(other.rate == 0.1 / 3);
    CHECK(other.norm == 1e-7);
    CHECK(static_cast<strata::Clipped<strata::Sgd>&>(other).norm == std::numeric_limits<double>::infinity());
    CHECK(contains(refusal("strata.forgotten", "-1"), "\"strata.forgotten\" = \"-1\" in its metadata, which is no count"));
    for (const char* bad : {"rate", "rate,", "rate,1x", "rate,1\n\n"}) CHECK(contains(refusal("strata.settings", bad), "in its metadata that is no name with a number; give a file that fit wrote"));
}

TEST_CASE("what a checkpoint lacks, or what is another's, is named") {
    for (const auto& [key, value] : run.metadata()) {
        io::Metadata metadata = run.metadata();
        metadata.erase(key);
        CHECK(contains(refusal(metadata), ("file has no \"" + key + "\" in its metadata").c_str()));
    }
    CHECK(contains(refusal("strata.seed", "8"), "was trained with seed 8, this trainer has 7; resume with the same seed"));
    CHECK(contains(refusal("strata.optimiser", "AdamW"), "was trained by AdamW, this trainer has Adam; resume with the same optimiser, or take the weights alone: io::read_parts(model, io::SafetensorsFile(path))"));
    CHECK(contains(refusal("strata.epoch", "-1"), "\"strata.epoch\" = \"-1\" in its metadata, which is no count"));
    CHECK(contains(refusal("strata.step", "9e9"), "which is no count"));
    CHECK(contains(refusal("strata.skipped", "99999999999999999999"), "which is no count"));
    CHECK(contains(refusal("strata.history", "epoch"), "file has a history in its metadata that cannot be read: line 1 of a history does not name its columns"));
}
