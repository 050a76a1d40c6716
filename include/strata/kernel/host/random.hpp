// SPDX-License-Identifier: BSL-1.0
/// Philox in lanes: the very bits of core/philox.hpp, some blocks at once.
#pragma once

#include <cstdint>

#include <strata/core/philox.hpp>
#include <strata/kernel/host/pack.hpp>

namespace strata::host::inline STRATA_VARIANT {

namespace detail {
/// The product of the low halves of 64-bit lanes.
template <int W>
STRATA_INLINE Pack<std::uint64_t, W> multiply_low(const Pack<std::uint64_t, W>& a, std::uint64_t b) {
    using P = Pack<std::uint64_t, W>;
#if !defined(__clang__) && defined(__AVX2__)
    if constexpr (W == 4) {  // g++ 12 does not see that the high halves do not count
        return from_vector<P>(__builtin_ia32_pmuludq256((Vector<int, 8>)vector(a), (Vector<int, 8>)vector(P(b))));
    }
#endif
#if !defined(__clang__) && defined(__SSE2__)
    if constexpr (W == 2) {
        return from_vector<P>(__builtin_ia32_pmuludq128((Vector<int, 4>)vector(a), (Vector<int, 4>)vector(P(b))));
    }
#endif
    return (a & P(0xFFFFFFFFu)) * P(b);
}
}  // namespace detail

/// Elements first ... first + W - 1 of the stream: Philox::uniform(seed, stream, first + i) in lane i.   Needs: `first` a multiple of 4 or, if less, of W.
template <int W>
STRATA_INLINE Pack<float, W> uniform_pack(std::uint64_t seed, std::uint64_t stream, std::uint64_t first) {
    if constexpr (W < 4) {
        Pack<float, W> r;
        for (int i = 0; i < W; ++i) r.lane[i] = Philox::uniform(seed, stream, first + static_cast<std::uint64_t>(i));
        return r;
    } else if constexpr (W == 4) {
        const Philox block = Philox::at(seed, stream, first / 4);
        Pack<std::int32_t, W> r;
        for (int i = 0; i < W; ++i) r.lane[i] = static_cast<std::int32_t>(block.word[i] >> 8);
        return convert<float>(r) * Pack<float, W>(1.0f / 16777216.0f);
    } else if constexpr (W > 16 || 2 * W > register_bytes) {
        return detail::join<Pack<float, W>>(uniform_pack<W / 2>(seed, stream, first), uniform_pack<W / 2>(seed, stream, first + W / 2));
    } else {
        // A block a lane of 64 bits: words are its low halves, products fill it.
        using P = Pack<std::uint64_t, W / 4>;
        const P word(0xFFFFFFFFu), half(32), counter = P(first / 4) + iota<std::uint64_t, W / 4>();
        P c0 = counter & word, c1 = counter >> half, c2(stream & 0xFFFFFFFFu), c3(stream >> 32);
        std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
        for (int round = 0; round < 10; ++round) {
            const P p0 = detail::multiply_low(c0, 0xD2511F53u), p1 = detail::multiply_low(c2, 0xCD9E8D57u);
            c0 = (p1 >> half) ^ c1 ^ P(k0);
            c2 = (p0 >> half) ^ c3 ^ P(k1);
            c1 = p1 & word;
            c3 = p0 & word;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        // Words 0 and 1 of a block side by side, then 2 and 3: the order of elements.
        const auto low = detail::vector(c0 | (c1 << half)), high = detail::vector(c2 | (c3 << half));
        using Words = Pack<std::uint32_t, W>;
        using Half = typename Words::Half;
        Words words;
        if constexpr (W == 16)
            words = detail::join<Words>(detail::from_vector<Half>(__builtin_shufflevector(low, high, 0, 4, 1, 5)),
                                        detail::from_vector<Half>(__builtin_shufflevector(low, high, 2, 6, 3, 7)));
        else
            words = detail::join<Words>(detail::from_vector<Half>(__builtin_shufflevector(low, high, 0, 2)),
                                        detail::from_vector<Half>(__builtin_shufflevector(low, high, 1, 3)));
        return convert<float>(bits<std::int32_t>(words >> Pack<std::uint32_t, W>(8))) * Pack<float, W>(1.0f / 16777216.0f);
    }
}

}  // namespace strata::host
