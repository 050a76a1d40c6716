// SPDX-License-Identifier: BSL-1.0
#include <strata/expr/contract.hpp>

#include <doctest/doctest.h>

namespace strata::test {

using NN = Contraction<false, false>;
using TN = Contraction<true, false>;
using NT = Contraction<false, true>;
using TT = Contraction<true, true>;
constexpr Dims result{2, {4, 3}};
static_assert(NN::fit({2, {4, 5}}, {2, {5, 3}}).dims == result && TN::fit({2, {5, 4}}, {2, {5, 3}}).dims == result);
static_assert(NT::fit({2, {4, 5}}, {2, {3, 5}}).dims == result && TT::fit({2, {5, 4}}, {2, {3, 5}}).dims == result);
static_assert(NN::fit({3, {2, 4, 5}}, {3, {2, 5, 3}}).dims == Dims{3, {2, 4, 3}} && NN::fit({3, {2, 4, 5}}, {2, {5, 3}}).dims == Dims{3, {2, 4, 3}});
static_assert(NN::fit({4, {7, 2, 4, 5}}, {3, {2, 5, 3}}).dims == Dims{4, {7, 2, 4, 3}}, "axes before meet at the last of them");
static_assert(NN::fit({2, {4, 5}}, {3, {2, 5, 3}}).dims == Dims{3, {2, 4, 3}} && NN::fit({3, {1, 4, 5}}, {3, {2, 5, 3}}).dims == Dims{3, {2, 4, 3}}, "they broadcast");
static_assert(NT::fit({4, {7, 1, 4, 5}}, {3, {2, 3, 5}}).dims == Dims{4, {7, 2, 4, 3}} && TN::fit({2, {5, 4}}, {3, {-64, 5, 3}}).dims == Dims{3, {-64, 4, 3}});
static_assert(NN::fit({2, {-64, 5}}, {2, {5, 3}}).dims == Dims{2, {-64, 3}});
static_assert(TN::fit({2, {-64, 5}}, {2, {-64, 3}}).dims == Dims{2, {5, 3}}, "a sum over a bounded batch");
static_assert(NT::attributes(Dims{}, Dims{}) == Attributes{{0, 1}} && TN::attributes(Dims{}, Dims{}) == Attributes{{1, 0}});

TEST_CASE("products that do not fit name the two numbers") {
    const Fit inner = NN::fit({2, {4, 5}}, {2, {6, 3}});
    CHECK(!inner.ok);
    CHECK(inner.wanted == 6);
    CHECK(inner.given == 5);
    CHECK(!TN::fit({2, {4, 5}}, {2, {5, 3}}).ok);
    CHECK(!NT::fit({2, {4, 5}}, {2, {5, 3}}).ok);
    CHECK(!NN::fit({1, {5}}, {2, {5, 3}}).ok);
    CHECK(!NN::fit({2, {4, 5}}, {1, {5}}).ok);
    CHECK(!NN::fit({2, {-64, 5}}, {3, {2, 5, 3}}).ok);
    CHECK(!NN::fit({3, {-64, 4, 5}}, {4, {1, 1, 5, 3}}).ok);
    CHECK(!NN::fit({3, {2, 4, 5}}, {3, {3, 5, 3}}).ok);
    CHECK(!TN::fit({2, {-64, 5}}, {2, {64, 3}}).ok);
}

}  // namespace strata::test
