// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/gather.hpp>

#include <doctest/doctest.h>

namespace strata::test {

// Indices come with a 1 for each axis behind the table's.
static_assert(Gathering<0>::kind == Kind::gather && Scattering<0>::kind == Kind::scatter);
static_assert(Gathering<0>::fit({2, {9, 3}}, {2, {5, 1}}).dims == Dims{2, {5, 3}});
static_assert(Gathering<0>::fit({2, {9, 3}}, {3, {-64, 7, 1}}).dims == Dims{3, {-64, 7, 3}});
static_assert(Gathering<1>::fit({3, {-8, 9, 3}}, {3, {5, 7, 1}}).dims == Dims{4, {-8, 5, 7, 3}});
static_assert(Gathering<-1>::fit({2, {4, 9}}, {2, {5, 7}}).dims == Dims{3, {4, 5, 7}});
static_assert(Gathering<0>::fit({1, {9}}, {0, {}}).dims == Dims{0, {}}, "one index of one axis chooses one number");
static_assert(Gathering<1>::fit({3, {4, 9, 3}}, {1, {1}}).dims == Dims{2, {4, 3}}, "one index drops the axis");
static_assert(Scattering<1>::fit({4, {4, 5, 7, 3}}, {3, {5, 7, 1}}, {3, {4, 9, 3}}).dims == Dims{3, {4, 9, 3}});

TEST_CASE("a choice of more axes than a shape may have") {
    const Fit fit = Gathering<1>::fit({3, {2, 9, 3}}, {5, {1, 1, 1, 1, 1}});
    CHECK(!fit.ok);
    CHECK(fit.wanted == max_rank);
    CHECK(fit.given == 6);
}

TEST_CASE("attributes hold the axis and how many axes take its place, of both kinds") {
    CHECK(Gathering<-2>::attributes({3, {4, 9, 3}}, {3, {5, 7, 1}}) == Attributes{{1, 2}});
    CHECK(Gathering<0>::attributes({3, {4, 9, 3}}, {2, {1, 1}}) == Attributes{{0, 0}});
    CHECK(Scattering<-2>::attributes({4, {4, 5, 7, 3}}, {3, {5, 7, 1}}, {3, {4, 9, 3}}) == Attributes{{1, 2}});
}

}  // namespace strata::test
