// SPDX-License-Identifier: BSL-1.0
/// Counter-based random numbers: the value depends on the position only, so it is the same on every place and for any number of threads.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011 (Philox4x32-10).
#pragma once

#include <cstdint>

#include <strata/core/macros.hpp>

namespace strata {

/// A seed, as its own type so that it is not taken for a size.
struct Seed {
    std::uint64_t value = 0;
};

struct Philox {
    std::uint32_t word[4];

    /// The four words of block `counter` in stream `stream` of `seed`.
    STRATA_HD static constexpr Philox at(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter) {
        std::uint32_t c0 = static_cast<std::uint32_t>(counter), c1 = static_cast<std::uint32_t>(counter >> 32);
        std::uint32_t c2 = static_cast<std::uint32_t>(stream), c3 = static_cast<std::uint32_t>(stream >> 32);
        std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
        for (int round = 0; round < 10; ++round) {
            const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0, p1 = std::uint64_t{0xCD9E8D57u} * c2;
            const std::uint32_t n0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0, n2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
            c1 = static_cast<std::uint32_t>(p1);
            c3 = static_cast<std::uint32_t>(p0);
            c0 = n0;
            c2 = n2;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        return {{c0, c1, c2, c3}};
    }
    /// A number in [0, 1) from the upper 24 bits of a word.
    STRATA_HD static constexpr float number(std::uint32_t of) { return static_cast<float>(of >> 8) * (1.0f / 16777216.0f); }
    /// Element `index` of a stream of uniform numbers in [0, 1), 24 bits each.
    STRATA_HD static constexpr float uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
        return number(at(seed, stream, index / 4).word[index % 4]);
    }
};

}  // namespace strata
