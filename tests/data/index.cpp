// SPDX-License-Identifier: BSL-1.0
#include <strata/data/index.hpp>

#include <doctest/doctest.h>

namespace strata::test {

TEST_CASE("views of views count from the whole, in any order and more than once") {
    const data::Index all(5), some = all.view({4, 0, 2}), twice = some.view({2, 2, 0});
    CHECK(all.size() == 5);
    CHECK(all[3] == 3);
    CHECK(some.size() == 3);
    CHECK(some[0] == 4);
    CHECK(twice[0] == 2);
    CHECK(twice[2] == 4);
    CHECK(all.view({}).size() == 0);
    CHECK_THROWS_WITH_AS(some.view({0, 3}), "strata: a view asks for sample 3 of 3; choose from 0 to size() - 1", DataError);
    CHECK_THROWS_AS(all.view({-1}), DataError);
}

}  // namespace strata::test
