// SPDX-License-Identifier: BSL-1.0
#include <strata/data/shuffle.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>


using strata::Seed;

namespace {
std::vector<std::int32_t> order(int n, Seed seed, long epoch) {
    std::vector<std::int32_t> out(static_cast<std::size_t>(n));
    std::iota(out.begin(), out.end(), 0);
    strata::data::shuffle(out, seed, epoch);
    return out;
}
}  // namespace

TEST_CASE("a shuffle is a permutation, fixed by length, seed and epoch") {
    for (const int n : {0, 1, 2, 3, 100, 1000}) {
        std::vector<std::int32_t> x = order(n, Seed{1}, 0);
        CHECK(x == order(n, Seed{1}, 0));
        if (n >= 100) {
            CHECK(x != order(n, Seed{2}, 0));
            CHECK(x != order(n, Seed{1}, 1));
            CHECK(order(n, Seed{1}, 1) != order(n, Seed{2}, 0));
        }
        std::sort(x.begin(), x.end());
        std::vector<std::int32_t> all(static_cast<std::size_t>(n));
        std::iota(all.begin(), all.end(), 0);
        CHECK(x == all);
    }
}

TEST_CASE("all 24 orders of four are alike likely, over seeds and over epochs") {
    for (const bool by_seed : {true, false}) {
        std::map<std::vector<std::int32_t>, int> count;
        constexpr int n = 24'000;
        for (int i = 0; i < n; ++i) ++count[by_seed ? order(4, Seed{static_cast<std::uint64_t>(i)}, 0) : order(4, Seed{0}, i)];
        CHECK(count.size() == 24);
        double chi = 0;
        for (const auto& [permutation, k] : count) chi += (k - n / 24.0) * (k - n / 24.0) / (n / 24.0);
        CHECK(chi < 49.7);  // 23 degrees of freedom: exceeded once in 1,000
    }
}

TEST_CASE("a bounded number is the high part of a product") {
    using strata::data::detail::below;
    static_assert(below(10, 0, 0) == 0 && below(10, 0xFFFFFFFF, 0xFFFFFFFF) == 9 && below(1, 0xFFFFFFFF, 0xFFFFFFFF) == 0);
    static_assert(below(2, 0x7FFFFFFF, 0xFFFFFFFF) == 0 && below(2, 0x80000000, 0) == 1);
    static_assert(below(3, 0x55555555, 0x55555555) == 0 && below(3, 0x55555555, 0x55555556) == 1);  // the carry from the low word
    CHECK(true);
}
