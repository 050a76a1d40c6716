// SPDX-License-Identifier: BSL-1.0
#include <strata/core/macros.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace strata::test {

static_assert(STRATA_VERSION_MAJOR >= 0 && STRATA_VERSION_MINOR >= 0 && STRATA_VERSION_PATCH >= 0);
#if STRATA_VERSION_MAJOR * 1000000 + STRATA_VERSION_MINOR * 1000 + STRATA_VERSION_PATCH == 0
#error "a version is known to the preprocessor"
#endif

STRATA_HD constexpr int twice(int x) { return 2 * x; }
STRATA_INLINE int thrice(int x) { return 3 * x; }
template <class T>
STRATA_HD constexpr T half(T x) {
    return x / 2;
}

TEST_CASE("a plain loop is a loop") {
    int sum = 0;
    STRATA_PLAIN_LOOP
    for (int i = 1; i <= 100; ++i) sum += i;
    CHECK(sum == 5050);
}
TEST_CASE("marked functions are functions as any") {
    static_assert(twice(21) == 42 && half(8) == 4);
    CHECK(thrice(14) == 42);
    CHECK(std::is_same_v<decltype(&twice), int (*)(int)>);
}

}  // namespace strata::test
