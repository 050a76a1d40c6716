// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/recompute.hpp>

#include <doctest/doctest.h>

#include <strata/exec/expression.hpp>
#include <strata/op.hpp>

#include "../support/random_graph.hpp"

namespace st = strata;
using namespace strata::test;

namespace {
template <class P>
bool has_place(const RandomGraph& g, const P& plan, int id) {
    const st::Kind kind = g.node[id].kind;
    return kind == st::Kind::leaf || kind == st::Kind::constant || kind == st::Kind::index || plan.node[id].stored;
}
/// Whether plain loops other than its own alone read node `id`, as it lies.
template <class P>
bool others_read(const RandomGraph& g, const P& plan, int id) {
    for (int s = 0; s < g.sinks; ++s)
        if (g.sink[s].node == id) return false;
    for (int m = 0; m < g.nodes; ++m)
        for (int k = 0; k < g.node[m].arity; ++k) {
            if (g.node[m].in[k] != id) continue;
            const int at = plan.node[m].group;
            if (g.node[m].kind != st::Kind::map || at < 0 || at == plan.node[id].group || plan.group[at].anchor != st::Kind::map) return false;
        }
    return true;
}
}  // namespace

TEST_CASE("no value is stored that other kernels can compute cheaply from one array that has a place") {
    int found = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        Recipe r;
        r.nodes = 3 + static_cast<int>(seed % 12);
        r.gradients = seed % 2 == 1;
        const RandomGraph g = random_graph(seed, r);
        const auto plan = st::fuse(g, st::Ops<grow::List>::facts, random_op_count, st::Policy{});
        CAPTURE(seed);
        for (int i = 0; i < g.nodes; ++i) {
            const st::Node& n = g.node[i];
            if (plan.node[i].floating) REQUIRE((!plan.node[i].stored && plan.node[i].group < 0));
            if (n.kind != st::Kind::map || n.op < 0 || st::Ops<grow::List>::facts[n.op].cost >= 8 || !others_read(g, plan, i)) continue;
            int arrays = 0;
            bool there = true;
            for (int k = 0; k < n.arity; ++k) {
                there = there && has_place(g, plan, n.in[k]);
                arrays += g.node[n.in[k]].kind != st::Kind::constant && g.node[n.in[k]].dims.size() == n.dims.size();
            }
            if (!there || arrays > 1) continue;
            ++found;
            REQUIRE(!plan.node[i].stored);
        }
    }
    CHECK(found > 100);
}
