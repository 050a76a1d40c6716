// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/kind.hpp>

#include <doctest/doctest.h>

namespace strata::test {

constexpr bool becomes(const Dims& a, const Dims& b, const Dims& c) {
    const Fit one = detail::broadcast(a, b), other = detail::broadcast(b, a);
    return one.ok && other.ok && one.dims == c && other.dims == c;
}
static_assert(becomes({2, {4, 5}}, {2, {4, 5}}, {2, {4, 5}}));
static_assert(becomes({2, {4, 5}}, {1, {5}}, {2, {4, 5}}), "shapes meet at their last axes");
static_assert(becomes({2, {4, 1}}, {1, {5}}, {2, {4, 5}}));
static_assert(becomes({2, {4, 5}}, {}, {2, {4, 5}}), "a number goes with everything");
static_assert(becomes({3, {3, 1, 5}}, {4, {2, 1, 7, 1}}, {4, {2, 3, 7, 5}}));
static_assert(becomes({2, {-64, 5}}, {1, {5}}, {2, {-64, 5}}), "a bounded batch stays one");
static_assert(becomes({2, {-64, 1}}, {2, {1, 5}}, {2, {-64, 5}}));
static_assert(becomes({}, {}, {}));

TEST_CASE("what does not broadcast says the two extents") {
    const Fit f = detail::broadcast({2, {4, 5}}, {1, {4}});
    CHECK(!f.ok);
    CHECK(f.wanted == 5);
    CHECK(f.given == 4);
    CHECK(!detail::broadcast({2, {4, 5}}, {2, {3, 5}}).ok);
    // A batch of up to 64 is none of exactly 64: it may hold fewer.
    const Fit batch = detail::broadcast({2, {-64, 5}}, {2, {64, 5}});
    CHECK(!batch.ok);
    CHECK(batch.wanted == -64);
    CHECK(batch.given == 64);
    // Nor does one move behind another axis.
    const Fit behind = detail::broadcast({2, {-64, 5}}, {3, {1, 1, 5}});
    CHECK(!behind.ok);
    CHECK(behind.wanted == 2);
    CHECK(behind.given == 3);
}

TEST_CASE("attributes are equal where all ten numbers are") {
    Attributes a{{1, 2, 3}}, b{{1, 2, 3}};
    CHECK(a == b);
    b.value[9] = 1;
    CHECK(!(a == b));
}

TEST_CASE("a misfit holds capacities, unless they are equal") {
    constexpr Fit f = Fit::misfit(-64, 10), g = Fit::misfit(1, -1);
    static_assert(!f.ok && f.wanted == 64 && f.given == 10);
    static_assert(!g.ok && g.wanted == 1 && g.given == -1);
    CHECK(Fit{}.ok);
}

}  // namespace strata::test
