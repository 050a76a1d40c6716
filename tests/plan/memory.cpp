// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/memory.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../support/dice.hpp"

using strata::detail::Life;
using strata::test::Dice;

namespace {
constexpr int most = 24;

/// No two lives that meet in time share a byte, and all lie below `top`.
bool sound(const Life (&life)[most], int count, long top) {
    for (int i = 0; i < count; ++i) {
        if (life[i].offset < 0 || life[i].offset + life[i].bytes > top) return false;
        for (int k = 0; k < i; ++k) {
            const bool meet = life[i].first <= life[k].last && life[k].first <= life[i].last;
            const bool share = life[i].offset < life[k].offset + life[k].bytes && life[k].offset < life[i].offset + life[i].bytes;
            if (meet && share) return false;
        }
    }
    return true;
}
/// Least memory, by trying every order in which lives could be put at the lowest place that is free. An order that does so for the best
/// placement exists: that of its offsets.
long best(const std::vector<Life>& life, std::vector<int>& order, unsigned used, std::vector<long>& offset, long top, long bound) {
    if (top >= bound) return bound;
    if (order.size() == life.size()) return top;
    for (std::size_t i = 0; i < life.size(); ++i) {
        if (used >> i & 1u) continue;
        long at = 0;
        for (bool again = true; again;) {
            again = false;
            for (const int k : order) {
                const Life& o = life[static_cast<std::size_t>(k)];
                const long from = offset[static_cast<std::size_t>(k)];
                if (o.last < life[i].first || life[i].last < o.first || from >= at + life[i].bytes || from + o.bytes <= at) continue;
                at = from + o.bytes;
                again = true;
            }
        }
        order.push_back(static_cast<int>(i));
        offset[i] = at;
        const long end = at + life[i].bytes;
        bound = best(life, order, used | 1u << i, offset, end > top ? end : top, bound);
        order.pop_back();
    }
    return bound;
}
/// Lives of `count` values in order of their beginning, as a chain of groups makes them.
void make(Life (&life)[most], int count, Dice& dice) {
    int at = 0;
    for (int i = 0; i < count; ++i) {
        at += dice(2);
        life[i] = Life{i, at, at + dice(4), strata::detail::alignment * (1 + dice(16)), 0};
    }
}
}  // namespace

TEST_CASE("values that live at the same time never share a byte") {
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        Dice dice{seed};
        Life life[most] = {}, other[most] = {};
        const int count = 1 + dice(most);
        make(life, count, dice);
        for (int i = 0; i < count; ++i) other[i] = life[i];
        CAPTURE(seed);
        CHECK(sound(life, count, strata::detail::sweep(life, count)));
        CHECK(sound(other, count, strata::detail::first_fit(other, count)));
    }
    Life shared[most] = {Life{0, 0, 2, 64, 0}, Life{1, 1, 3, 64, 0}};
    CHECK_FALSE(sound(shared, 2, 128));  // the check itself can fail
}

TEST_CASE("memory lies within a tenth of the least that there is") {
    double worst = 1, sum = 0;
    constexpr int trials = 150;
    for (std::uint64_t seed = 0; seed < trials; ++seed) {
        Dice dice{seed * 7919 + 3};
        Life life[most] = {}, other[most] = {};
        const int count = 2 + dice(6);
        make(life, count, dice);
        for (int i = 0; i < count; ++i) other[i] = life[i];
        std::vector<Life> all(life, life + count);
        std::vector<int> order;
        std::vector<long> offset(all.size());
        const long least = best(all, order, 0, offset, 0, 1L << 40);
        const long swept = strata::detail::sweep(life, count), fitted = strata::detail::first_fit(other, count);
        const long planned = swept < fitted ? swept : fitted;
        CAPTURE(seed);
        CHECK(planned >= least);
        const double ratio = static_cast<double>(planned) / static_cast<double>(least);
        sum += ratio;
        worst = ratio > worst ? ratio : worst;
    }
    CAPTURE(worst);
    CHECK(sum / trials <= 1.1);
    CHECK(worst <= 1.35);
}
