// SPDX-License-Identifier: BSL-1.0
#include <strata/core/types.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace st = strata;

namespace {
struct Incomplete;
using List = st::Types<int, Incomplete*, int, double>;
}  // namespace

TEST_CASE("types by number, those that stand twice included") {
    static_assert(List::count == 4 && st::Types<>::count == 0);
    static_assert(std::is_same_v<List::At<0>, int> && std::is_same_v<List::At<1>, Incomplete*>);
    static_assert(std::is_same_v<List::At<2>, int> && std::is_same_v<List::At<3>, double>);
    CHECK(List::count == 4);
}
