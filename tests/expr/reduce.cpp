// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/reduce.hpp>

#include <doctest/doctest.h>

namespace strata::test {

static_assert(Axes<>::mask(3) == 0b111u, "none means all");
static_assert(Axes<0>::mask(3) == 0b001u && Axes<2>::mask(3) == 0b100u && Axes<-1>::mask(3) == 0b100u && Axes<-3>::mask(3) == 0b001u);
static_assert(Axes<0, -1>::mask(4) == 0b1001u && Axes<1, 1>::mask(2) == 0b10u);
static_assert(Axes<0>::missing(1) == -1 && Axes<-1>::missing(1) == -1 && Axes<>::missing(0) == -1);
static_assert(Axes<1>::missing(1) == 1 && Axes<-2>::missing(1) == 1 && Axes<0, 3>::missing(3) == 3);
static_assert(std::is_same_v<std::remove_cvref_t<decltype(axis<-1>)>, Axes<-1>> && std::is_same_v<std::remove_cvref_t<decltype(axes<0, 2>)>, Axes<0, 2>>);

static_assert(Axes<1, 1>::repeats(2) && Axes<0, -2>::repeats(2) && !Axes<0, -2>::repeats(3) && !Axes<>::repeats(0));
// Named twice: whether users call the fold or put its op on a tree.
using Twice = decltype(detail::foldable<Reduction<Axes<0, -2>, Fold::sum>>(Ref<Shape<4, 5>, float>{}, axes<0, -2>));
static_assert(detail::is_misfit<Twice> && Reduction<Axes<0, -2>, Fold::sum>::fit(Dims{2, {4, 5}}).wanted == 2);

using Last = Reduction<Axes<-1>, Fold::max>;
static_assert(Last::kind == Kind::reduce && Last::arity == 1);
static_assert(Last::fit(Dims{2, {4, 5}}).dims == Dims{2, {4, 1}}, "folded axes stay with extent 1");
static_assert(Reduction<Axes<>, Fold::sum>::fit(Dims{2, {-64, 5}}).dims == Dims{2, {1, 1}}, "over a bounded batch too");
static_assert(Last::fit(Dims{2, {-64, 5}}).dims == Dims{2, {-64, 1}});
static_assert(Last::attributes(Dims{2, {4, 5}}).value[0] == static_cast<int>(Fold::max) && Last::attributes(Dims{2, {4, 5}}).value[1] == 0b10);

TEST_CASE("an axis that is not there says how many axes there had to be") {
    const Fit f = Reduction<Axes<3>, Fold::sum>::fit(Dims{3, {2, 3, 4}});
    CHECK(!f.ok);
    CHECK(f.wanted == 4);
    CHECK(f.given == 3);
    CHECK(Reduction<Axes<-4>, Fold::sum>::fit(Dims{3, {2, 3, 4}}).wanted == 4);
    CHECK(!Last::fit(Dims{}).ok);
    CHECK(Reduction<Axes<>, Fold::sum>::fit(Dims{}).ok);
}

}  // namespace strata::test
