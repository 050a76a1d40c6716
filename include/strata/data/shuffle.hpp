// SPDX-License-Identifier: BSL-1.0
/// Seeded orders: the same for the same seed and epoch, on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <strata/core/philox.hpp>

namespace strata::data {

namespace detail {

/// The streams of random numbers that data draws from, apart from each other and from those of networks.
enum class Stream : std::uint64_t { shuffle = 0x5348'5546, split = 0x5350'4C49, flip = 0x464C'4950, shift = 0x5348'4946 };
constexpr std::uint64_t stream_of(Stream kind, std::uint64_t epoch) {
    return static_cast<std::uint64_t>(kind) << 32 | (epoch & 0xFFFF'FFFFu);
}

/// A number in [0, n): the high part of a 64-bit random number times n, so that the bias is below n / 2^64.
constexpr std::uint32_t below(std::uint32_t n, std::uint32_t high, std::uint32_t low) {
    const std::uint64_t carry = (std::uint64_t{low} * n) >> 32;
    return static_cast<std::uint32_t>((std::uint64_t{high} * n + carry) >> 32);
}
inline void shuffle(std::span<std::int32_t> order, Seed seed, std::uint64_t stream) {
    for (std::size_t i = order.size(); i-- > 1;) {
        const Philox random = Philox::at(seed.value, stream, i);
        std::swap(order[i], order[below(static_cast<std::uint32_t>(i + 1), random.word[0], random.word[1])]);
    }
}

}  // namespace detail

/// Permutes `order` by Fisher and Yates; the permutation depends on its length, the seed and the epoch only.
/// Source: Knuth, "The Art of Computer Programming", volume 2, algorithm 3.4.2 P.
inline void shuffle(std::span<std::int32_t> order, Seed seed, long epoch = 0) {
    detail::shuffle(order, seed, detail::stream_of(detail::Stream::shuffle, static_cast<std::uint64_t>(epoch)));
}

}  // namespace strata::data
