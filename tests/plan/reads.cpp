// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/reads.hpp>

#include <doctest/doctest.h>

#include <set>

#include <strata/plan/fuse.hpp>

#include "../support/random_graph.hpp"

namespace strata::test {

TEST_CASE("what a group reads and computes is what its members lead to, each once") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Recipe r;
        r.nodes = 4 + static_cast<int>(seed % 9);
        r.gradients = seed % 2 == 1;
        const RandomGraph g = random_graph(seed, r);
        const auto plan = fuse(g, Ops<grow::List>::facts, random_op_count, Policy{});
        for (int at = 0; at < plan.groups; ++at) {
            // By walking from every member to what has a place elsewhere.
            std::set<int> computed, read, next;
            for (int i = 0; i < g.nodes; ++i)
                if (plan.node[i].group == at) next.insert(i);
            while (!next.empty()) {
                const int id = *next.begin();
                next.erase(next.begin());
                if (!computed.insert(id).second) continue;
                for (int k = 0; k < g.node[id].arity; ++k) {
                    const int s = detail::root_of(g, g.node[id].in[k]);
                    if (plan.node[s].floating)
                        next.insert(s);
                    else if (plan.node[s].group != at)
                        read.insert(s);
                }
            }
            std::set<int> seen, sources, arrays;
            detail::each_computed(g, plan, at, [&](int id) { CHECK(seen.insert(id).second); });
            detail::each_source(g, plan, at, [&](int id, int k, int s) {
                CHECK(seen.count(id) == 1);
                CHECK(detail::root_of(g, g.node[id].in[k]) == s);
                sources.insert(s);
            });
            for (int m = plan.group[at].first; m >= 0; m = plan.node[m].next) detail::each_read(g, plan, m, at, [&](int s, long) { arrays.insert(s); });
            CHECK(seen == computed);
            CHECK(sources == read);
            for (auto s = read.begin(); s != read.end();) s = g.node[*s].kind == Kind::constant || g.node[*s].kind == Kind::index ? read.erase(s) : ++s;
            CHECK(arrays == read);
        }
    }
}

}  // namespace strata::test
