// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/window.hpp>

#include <doctest/doctest.h>

namespace strata::test {

using Two = WindowBase<Fold::max, false, 2, 3, Sliding<2, 3>>;
static_assert(Two::kind == Kind::window);
static_assert(Two::pooled({4, {8, 5, 7, 6}}).dims == Dims{4, {8, 5, 3, 2}});
static_assert(Two::pooled({4, {-64, 5, 2, 3}}).dims == Dims{4, {-64, 5, 1, 1}});
static_assert(WindowBase<Fold::mean, false, 3, 3, Sliding<1, 1, 1>>::pooled({4, {1, 1, 1, 1}}).dims == Dims{4, {1, 1, 1, 1}}, "padding counts to the image");

TEST_CASE("windows that do not fit") {
    const Fit tall = Two::pooled({4, {8, 5, 1, 6}}), wide = Two::pooled({4, {8, 5, 7, 2}}), flat = Two::pooled({3, {5, 7, 6}});
    CHECK(!tall.ok);
    CHECK(tall.wanted == 2);
    CHECK(tall.given == 1);
    CHECK(!wide.ok);
    CHECK(wide.wanted == 3);
    CHECK(wide.given == 2);
    CHECK(!flat.ok);
    CHECK(flat.wanted == 4);
    CHECK(flat.given == 3);
}

TEST_CASE("attributes hold fold, gradient, window and how it slides") {
    using Back = WindowBase<Fold::mean, true, 2, 3, Sliding<4, 5, 6, 7>>;
    CHECK(Back::attributes() == Attributes{{static_cast<int>(Fold::mean), 1, 2, 3, 4, 5, 6, 7}});
}

}  // namespace strata::test
