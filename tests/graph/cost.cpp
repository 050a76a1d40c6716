// SPDX-License-Identifier: BSL-1.0
#include <strata/graph/cost.hpp>

#include <doctest/doctest.h>

#include <strata/layer.hpp>
#include <strata/model/model.hpp>

namespace st = strata;

namespace {
template <class Net, class In, int B>
constexpr long flops = [] {
    using P = typename st::Session<st::Model<Net, In>, B>::Plan;
    return st::flops_of(P::graph, st::Ops<typename P::List>::facts);
}();
}  // namespace

TEST_CASE("operations of the forward pass, by hand") {
    CHECK(flops<st::Dense<7>, st::Shape<5>, 3> == 3 * (2 * 5 * 7 + 7));
    // 6 filters of 5 x 5 on 24 x 24 places, the bias.
    CHECK(flops<st::Conv2d<6, 5>, st::Shape<1, 28, 28>, 2> == 2L * 6 * 24 * 24 * (2 * 25 + 1));
    CHECK(flops<st::MaxPool2d<2>, st::Shape<3, 8, 8>, 1> == 3 * 4 * 4 * 4);
}
