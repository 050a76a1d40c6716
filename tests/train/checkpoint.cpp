// SPDX-License-Identifier: BSL-1.0
#include <strata/train/checkpoint.hpp>

#include <doctest/doctest.h>

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

TEST_CASE("what a checkpoint lacks, or what is another's, is named") {
    for (const auto& [key, value] : run.metadata()) {
        io::Metadata metadata = run.metadata();
        metadata.erase(key);
        CHECK(contains(refusal(metadata), ("file has no \"" + key + "\" in its metadata").c_str()));
    }
    CHECK(contains(refusal("strata.seed", "8"), "was trained with seed 8, this trainer has 7; resume with the same seed"));
    CHECK(contains(refusal("strata.optimiser", "AdamW"), "was trained by AdamW, this trainer has Adam; resume with the same optimiser"));
    CHECK(contains(refusal("strata.epoch", "-1"), "\"strata.epoch\" = \"-1\" in its metadata, which is no count"));
    CHECK(contains(refusal("strata.step", "9e9"), "which is no count"));
    CHECK(contains(refusal("strata.skipped", "99999999999999999999"), "which is no count"));
    CHECK(contains(refusal("strata.history", "epoch"), "file has a history in its metadata that cannot be read: line 1 of a history does not name its columns"));
}
