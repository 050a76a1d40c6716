// SPDX-License-Identifier: BSL-1.0
/// Runs a fuzz target without a fuzzer: over its corpus, and over seeded mutations of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <strata/core/philox.hpp>

#include "../support/folder.hpp"

namespace fuzz {

struct Replay {
    long corpus = 0, accepted = 0, mutations = 0, accepted_mutations = 0;
};

/// One to four changes: a bit, a byte, a cut, a doubled part, a number made extreme, a part of another file.
inline std::string mutated(std::string text, const std::string& other, std::uint64_t number) {
    std::uint64_t counter = 0;
    const auto random = [&](std::size_t n) { return n == 0 ? 0 : strata::Philox::at(1, number, counter++).word[0] % n; };
    for (std::size_t change = 1 + random(4); change-- > 0;) {
        const std::size_t at = random(text.size() + 1), length = random(std::min<std::size_t>(text.size() - at, 16) + 1);
        switch (random(7)) {
            case 0:
                if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << random(8)));
                break;
            case 1:
                if (at < text.size()) text[at] = static_cast<char>(random(256));
                break;
            case 2:
                text.erase(at, length);
                break;
            case 3:
                text.insert(at, text.substr(at, length));
                break;
            case 4:
                text.resize(at);
                break;
            case 5:
                text.replace(
                    at, length,
                    std::vector<std::string>{"18446744073709551615", "\xFF\xFF\xFF\xFF", "{}", "[", "\"", "0", "\\u0000"}[random(7)]);
                break;
            case 6:
                text.replace(at, length, other.substr(random(other.size() + 1), 16));
                break;
        }
    }
    return text;
}

/// `target(bytes)` aborts on a broken promise and returns whether it accepted the bytes. They lie in a block of their very size, so that
/// the address sanitizer sees a step beyond.
template <class F>
Replay replay(const std::string& corpus, long mutations, F&& target) {
    const auto run = [&](const std::string& text) {
        const std::vector<char> exact(text.begin(), text.end());
        return target(std::as_bytes(std::span(exact.data(), exact.size())));
    };
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    Replay out;
    std::vector<std::string> texts;
    for (const std::string& file : files) {
        texts.push_back(support::read(file));
        out.accepted += run(texts.back());
        ++out.corpus;
    }
    for (; !texts.empty() && out.mutations < mutations; ++out.mutations) {
        const auto n = static_cast<std::size_t>(out.mutations);
        out.accepted_mutations += run(mutated(texts[n % texts.size()], texts[n / texts.size() % texts.size()], n));
    }
    return out;
}

}  // namespace fuzz
