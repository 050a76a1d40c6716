// SPDX-License-Identifier: BSL-1.0
#include <strata/kernel/host/random.hpp>

#include <initializer_list>

#include <doctest/doctest.h>

using strata::Philox;
using namespace strata::host;

template <int W>
static void equal_to_the_scalar() {
    for (std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{42}, ~std::uint64_t{0}, std::uint64_t{0x0123456789abcdef}})
        for (std::uint64_t stream : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{0xfedcba9876543210}})
            for (std::uint64_t first : {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{1000}, (std::uint64_t{1} << 34) - 8, (std::uint64_t{1} << 34) - 4, std::uint64_t{1} << 40}) {
                const auto v = uniform_pack<W>(seed, stream, first);
                for (int i = 0; i < W; ++i) REQUIRE(v.lane[i] == Philox::uniform(seed, stream, first + static_cast<std::uint64_t>(i)));
            }
}

TEST_CASE("lanes hold the very bits of the scalar generator") {
    equal_to_the_scalar<2>();
    equal_to_the_scalar<4>();
    equal_to_the_scalar<8>();
    equal_to_the_scalar<16>();
    equal_to_the_scalar<32>();
}

TEST_CASE("the numbers are spread over [0, 1)") {
    double sum = 0;
    int tenth[10] = {};
    for (int i = 0; i < 16000; i += 16) {
        const auto v = uniform_pack<16>(1, 2, static_cast<std::uint64_t>(i));
        for (float x : v.lane) {
            REQUIRE(x >= 0.0f);
            REQUIRE(x < 1.0f);
            sum += static_cast<double>(x);
            ++tenth[static_cast<int>(x * 10)];
        }
    }
    CHECK(sum / 16000 == doctest::Approx(0.5).epsilon(0.02));
    for (int t : tenth) CHECK(t == doctest::Approx(1600).epsilon(0.1));
}
