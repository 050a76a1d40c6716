// SPDX-License-Identifier: BSL-1.0
/// What a checkpoint says of a training run beside its tensors, in the metadata of a safetensors file.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>

#include <strata/io/safetensors.hpp>
#include <strata/train/history.hpp>

namespace strata {

/// How far a training run is, and by what.
struct Checkpoint {
    std::uint64_t seed = 0;
    std::string optimiser{};  ///< its type, as Adam or Clipped<Adam>
    long epoch = 0;           ///< epochs that ended
    long steps = 0;           ///< steps that were taken
    long skipped = 0;         ///< steps without an update, where the loss is scaled
    long waited = 0;          ///< validated epochs that patience has waited
    History history{};        ///< of all epochs; a file keeps no losses of single steps

    io::Metadata metadata() const {
        return {{"strata.epoch", std::to_string(epoch)},     {"strata.step", std::to_string(steps)},   {"strata.skipped", std::to_string(skipped)}, {"strata.waited", std::to_string(waited)},
                {"strata.seed", std::to_string(seed)},       {"strata.optimiser", optimiser},          {"strata.history", history.csv()}};
    }
    /// Reads them back.   wanted: the seed and the optimiser that the run has to have.   Throws FileError naming the file and what is amiss.
    static Checkpoint of(const io::SafetensorsFile& file, const std::string& path, const Checkpoint& wanted) {
        const auto text = [&](const char* key) {
            const auto at = file.metadata().find(key);
            if (at == file.metadata().end()) throw FileError("strata: " + path + " has no \"" + key + "\" in its metadata, so it is no checkpoint; give a file that fit wrote");
            return at->second;
        };
        const auto number = [&](const char* key, std::uint64_t most) {
            const std::string digits = text(key);
            std::uint64_t value = 0;
            const char* end = digits.data() + digits.size();
            if (const auto [last, fault] = std::from_chars(digits.data(), end, value); fault != std::errc{} || last != end || value > most)
                throw FileError("strata: " + path + " has \"" + key + "\" = \"" + io::shown(digits) + "\" in its metadata, which is no count; give a file that fit wrote");
            return value;
        };
        Checkpoint c;
        c.seed = number("strata.seed", ~std::uint64_t{0});
        if (c.seed != wanted.seed)
            throw FileError("strata: " + path + " was trained with seed " + std::to_string(c.seed) + ", this trainer has " + std::to_string(wanted.seed) +
                            "; resume with the same seed");
        c.optimiser = text("strata.optimiser");
        if (c.optimiser != wanted.optimiser)
            throw FileError("strata: " + path + " was trained by " + io::shown(c.optimiser) + ", this trainer has " + wanted.optimiser + "; resume with the same optimiser");
        c.epoch = static_cast<long>(number("strata.epoch", 1 << 30));
        c.steps = static_cast<long>(number("strata.step", 1LL << 62));
        c.skipped = static_cast<long>(number("strata.skipped", 1LL << 62));
        c.waited = static_cast<long>(number("strata.waited", 1 << 30));
        try {
            c.history = History::from_csv(text("strata.history"));
        } catch (const DataError& e) {
            throw FileError("strata: " + path + " has a history in its metadata that cannot be read: " + std::string(e.what()).substr(8));
        }
        return c;
    }
};

}  // namespace strata
