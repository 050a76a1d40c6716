// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/space.hpp>

#include <doctest/doctest.h>

namespace {
template <class... E>
constexpr strata::Dims dims(E... e) {
    strata::Dims d;
    for (const int extent : {e...}) d.extent[d.rank++] = extent;
    return d;
}
}  // namespace

using namespace strata::detail;

TEST_CASE("spaces are equal but for ones in front") {
    CHECK(same_space(dims(2, 3), dims(1, 2, 3)));
    CHECK(same_space(dims(-64, 3), dims(-64, 3)));
    CHECK_FALSE(same_space(dims(2, 3), dims(2, 3, 1)));
    CHECK_FALSE(same_space(dims(64, 3), dims(-64, 3)));
    CHECK(extent_from_end(dims(4, 5), 0) == 5);
    CHECK(extent_from_end(dims(4, 5), 2) == 1);
}

TEST_CASE("a row space has ones where the fold ran") {
    const auto all = dims(8, 4, 6);
    CHECK(folded_axes(all, dims(8, 4, 1)) == 1u);
    CHECK(folded_axes(all, dims(1, 4, 1)) == 5u);
    CHECK(folded_axes(dims(8, 1, 6), dims(8, 1, 1)) == 1u);
    CHECK(is_row_space(dims(8, 4, 1), all, 1u));
    CHECK(is_row_space(dims(1, 4, 1), all, 5u));
    CHECK_FALSE(is_row_space(dims(1, 4, 1), all, 1u));
    CHECK_FALSE(is_row_space(all, all, 1u));
}

TEST_CASE("a fold over columns leaves the last axes whole") {
    CHECK(folds_columns(dims(8, 6), 2u));
    CHECK(folds_columns(dims(8, 4, 6), 6u));
    CHECK_FALSE(folds_columns(dims(8, 6), 1u));
    CHECK_FALSE(folds_columns(dims(8, 6), 3u));     // nothing is left
    CHECK_FALSE(folds_columns(dims(8, 4, 6), 2u));  // what is left lies on both sides
    CHECK(folds_columns(dims(8, 4, 1), 4u));
}
