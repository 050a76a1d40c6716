// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/unite.hpp>

#include <array>

#include <doctest/doctest.h>

#include <strata/exec/expression.hpp>
#include <strata/op.hpp>

#include "../support/random_graph.hpp"

namespace st = strata;
using namespace strata::test;

namespace unite_test {
template <int... D>
using Leaf = st::TensorLeaf<float, st::Shape<D...>>;
inline constexpr Leaf<9, 17> a{}, b{};
inline constexpr auto highest = st::tanh(st::max_keep(b, st::axis<0>));
}  // namespace unite_test
using namespace unite_test;

// The maximum opens a group of rows, the sum one of columns; only what reads both shows that they run along the same rows.
static_assert(st::plan_of<decltype(st::sum_keep(a, st::axis<0>) * highest)>.kernels == 1);
// A transpose between lies in the way of one kernel.
static_assert(st::plan_of<decltype(st::sum_keep(a, st::axis<1>) * st::tanh(st::transpose<1, 0>(st::max_keep(st::tanh(st::transpose<1, 0>(b)), st::axis<0>))))>.kernels == 2);

TEST_CASE("after it each value is still computed once, and before whatever reads it") {
    int through_views = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        Recipe r;
        r.nodes = 2 + static_cast<int>(seed % 11);
        r.gradients = seed % 3 == 1;
        r.capacity = seed % 4 == 0 ? 6 : 1;
        r.images = seed % 5 == 2;
        const RandomGraph g = random_graph(seed, r);
        const auto plan = st::fuse(g, st::Ops<grow::List>::facts, random_op_count, st::Policy{});
        CAPTURE(seed);
        std::array<int, random_nodes> turn{};
        for (int at = 0; at < plan.groups; ++at) {
            int members = 0;
            CHECK(plan.group[at].members > 0);
            for (int m = plan.group[at].first; m >= 0 && members < random_nodes; m = plan.node[m].next) {
                CHECK(plan.node[m].group == at);
                CHECK(turn[static_cast<std::size_t>(m)] == 0);
                turn[static_cast<std::size_t>(m)] = ++members;
            }
            CHECK(members == plan.group[at].members);
        }
        for (int i = 0; i < g.nodes; ++i) {
            const st::Node& n = g.node[i];
            if (plan.node[i].group < 0) continue;
            for (int k = 0; k < n.arity; ++k) {
                const int s = st::detail::root_of(g, n.in[k]), from = plan.node[s].group;
                if (from < 0) continue;
                CHECK(from <= plan.node[i].group);
                CHECK(plan.node[s].last_use >= plan.node[i].group);
                if (from < plan.node[i].group) CHECK(plan.node[s].stored);
                if (from == plan.node[i].group) {
                    CHECK(turn[static_cast<std::size_t>(s)] < turn[static_cast<std::size_t>(i)]);
                    CHECK_FALSE(plan.node[s].column);
                }
                through_views += s != n.in[k];
            }
        }
    }
    CHECK(through_views > 500);
}
