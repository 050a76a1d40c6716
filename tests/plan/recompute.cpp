// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/recompute.hpp>

#include <doctest/doctest.h>

#include <strata/exec/expression.hpp>
#include <strata/op.hpp>

#include "../support/random_graph.hpp"

namespace st = strata;
using namespace strata::test;

namespace {
st::Plan<random_nodes, random_nodes> planned(const RandomGraph& g, bool recompute) {
    st::Policy policy;
    policy.recompute = recompute;
    return st::fuse(g, st::Ops<grow::List>::facts, random_op_count, policy);
}
template <class P>
int stored(const RandomGraph& g, const P& plan) {
    int n = 0;
    for (int i = 0; i < g.nodes; ++i) n += plan.node[i].stored;
    return n;
}
}  // namespace

TEST_CASE("far fewer values are stored with it; what is computed again is cheap, in no kernel of its own, and from what has a place") {
    int with = 0, without = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        Recipe r;
        r.nodes = 3 + static_cast<int>(seed % 12);
        r.gradients = seed % 2 == 1;
        const RandomGraph g = random_graph(seed, r);
        const auto plan = planned(g, true), plain = planned(g, false);
        CAPTURE(seed);
        with += stored(g, plan), without += stored(g, plain);
        for (int i = 0; i < g.nodes; ++i) {
            if (!plan.node[i].floating) continue;
            REQUIRE((!plan.node[i].stored && plan.node[i].group < 0));
            REQUIRE((g.node[i].op < 0 || g.node[i].kind == st::Kind::random || st::Ops<grow::List>::facts[g.node[i].op].cost < 8));
        }
    }
    CAPTURE(with);
    CAPTURE(without);
    CHECK(10 * with < 9 * without);
}
