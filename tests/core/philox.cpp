// SPDX-License-Identifier: BSL-1.0
#include <strata/core/philox.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace strata::test {

constexpr bool is(const Philox& p, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return p.word[0] == a && p.word[1] == b && p.word[2] == c && p.word[3] == d;
}
// The known answers that the authors published for Philox4x32-10: counter (low words first) and key.
static_assert(is(Philox::at(0, 0, 0), 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u));
static_assert(is(Philox::at(~0ull, ~0ull, ~0ull), 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu));
static_assert(is(Philox::at(0x299f31d0a4093822ull, 0x0370734413198a2eull, 0x85a308d3243f6a88ull), 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u));

TEST_CASE("uniform numbers: in [0, 1), of even density, by position only") {
    constexpr int n = 40000, bins = 10;
    int count[bins] = {};
    double sum = 0;
    for (std::uint64_t i = 0; i < n; ++i) {
        const float u = Philox::uniform(7, 3, i);
        REQUIRE(u >= 0.0f);
        REQUIRE(u < 1.0f);
        ++count[static_cast<int>(u * bins)];
        sum += static_cast<double>(u);
    }
    CHECK(std::abs(sum / n - 0.5) < 4 * std::sqrt(1.0 / 12 / n));
    for (int c : count) CHECK(std::abs(c - n / bins) < 5 * std::sqrt(n * 0.1 * 0.9));
    CHECK(Philox::uniform(7, 3, 100) == Philox::uniform(7, 3, 100));
}

TEST_CASE("uniform numbers: the four words of a block are four elements, the largest stays below one") {
    for (std::uint64_t i = 0; i < 8; ++i)
        CHECK(Philox::uniform(1, 2, i) == static_cast<float>(Philox::at(1, 2, i / 4).word[i % 4] >> 8) / 16777216.0f);
    CHECK(static_cast<float>(0xFFFFFFFFu >> 8) * (1.0f / 16777216.0f) < 1.0f);
}

TEST_CASE("seeds, streams and places are apart") {
    int same = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        const float u = Philox::uniform(1, 1, i);
        same += u == Philox::uniform(2, 1, i);
        same += u == Philox::uniform(1, 2, i);
        same += u == Philox::uniform(1, 1, i + 1);
        same += u == Philox::uniform(1ull << 40, 1, i);
        same += u == Philox::uniform(1, 1ull << 40, i);
    }
    CHECK(same <= 2);
}

}  // namespace strata::test
