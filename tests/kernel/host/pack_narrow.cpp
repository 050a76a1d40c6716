// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/pack_narrow.hpp>

#include <doctest/doctest.h>

#include <bit>

#include "../../support/guarded.hpp"
#include "../../support/narrow.hpp"

namespace strata::test {

using host::Pack;

/// Every 16-bit value and the floats that are hard to round, in vectors of W.
template <class H, int W>
void agrees_with_scalars() {
    for (std::uint32_t h = 0; h < 0x10000; h += W) {
        Pack<std::uint16_t, W> from;
        for (std::uint32_t l = 0; l < W; ++l) from.lane[l] = static_cast<std::uint16_t>(h + l);
        const auto wide = host::widened<H>(from);
        for (int l = 0; l < W; ++l)
            REQUIRE(std::bit_cast<std::uint32_t>(wide.lane[l]) == std::bit_cast<std::uint32_t>(static_cast<float>(H::from_bits(from.lane[l]))));
    }
    std::vector<float> hard = hard_floats<H>();
    hard.resize((hard.size() + W - 1) / W * W);
    for (std::size_t i = 0; i < hard.size(); i += W) {
        const auto v = host::load<float, W>(hard.data() + i);
        const auto narrowed = host::narrowed<H>(v);
        const auto rounded = host::rounded<H>(v);
        for (int l = 0; l < W; ++l) {
            const float x = hard[i + static_cast<std::size_t>(l)];
            if (narrowed.lane[l] != narrow<H>(x).bits) FAIL("at " << std::bit_cast<std::uint32_t>(x) << ": " << narrowed.lane[l]);
            if (std::bit_cast<std::uint32_t>(rounded.lane[l]) != std::bit_cast<std::uint32_t>(strata::rounded<H>(x))) FAIL("at " << std::bit_cast<std::uint32_t>(x));
        }
    }
}
TEST_CASE_TEMPLATE("lanes widen and round bit for bit as single numbers", H, bf16, f16) {
    agrees_with_scalars<H, 4>();
    agrees_with_scalars<H, 8>();
    agrees_with_scalars<H, 16>();
    agrees_with_scalars<H, 32>();
}

TEST_CASE_TEMPLATE("loads and stores of some elements touch nothing else", H, bf16, f16) {
    constexpr int w = 16;
    for (const bool at_end : {true, false})
        for (int n = 0; n <= w; ++n) {
            Guarded<H> from(static_cast<std::size_t>(n), at_end), to(static_cast<std::size_t>(n), at_end);
            for (int i = 0; i < n; ++i) from[static_cast<std::size_t>(i)] = static_cast<float>(i + 1);
            const auto p = host::load_partial<H, w>(from.data(), n);
            for (int i = 0; i < w; ++i) REQUIRE(p.lane[i] == (i < n ? static_cast<float>(i + 1) : 0.f));
            host::store_partial(to.data(), n, p);
            for (int i = 0; i < n; ++i) REQUIRE(to[static_cast<std::size_t>(i)] == static_cast<float>(i + 1));
            REQUIRE(to.intact());
        }
    Guarded<H> all(w);
    host::store(all.data(), host::iota<float, w>());
    for (int i = 0; i < w; ++i) REQUIRE(all[static_cast<std::size_t>(i)] == static_cast<float>(i));
    REQUIRE(host::load<H, w>(all.data()).lane[w - 1] == w - 1.f);
    REQUIRE(all.intact());
}

TEST_CASE_TEMPLATE("a cast to 16 bits rounds and stays f32; a mask gives 0 and 1", H, bf16, f16) {
    const Pack<float, 8> x = host::iota<float, 8>() * Pack<float, 8>(0.1f);
    const auto y = lane_cast(x, std::type_identity<H>{});
    static_assert(std::is_same_v<decltype(y), const Pack<float, 8>>);
    for (int l = 0; l < 8; ++l) CHECK(y.lane[l] == strata::rounded<H>(x.lane[l]));
    const auto z = lane_cast(x > Pack<float, 8>(0.25f), std::type_identity<H>{});
    for (int l = 0; l < 8; ++l) CHECK(z.lane[l] == (l > 2 ? 1.f : 0.f));
}

}  // namespace strata::test
