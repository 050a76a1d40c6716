// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/fuse.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include <strata/exec/expression.hpp>
#include <strata/exec/gradient.hpp>
#include <strata/op.hpp>

#include "../support/random_graph.hpp"

namespace st = strata;
using namespace strata::test;

namespace {
template <int... D>
using Leaf = st::TensorLeaf<float, st::Shape<D...>>;
template <class E>
constexpr int kernels = st::plan_of<E>.kernels;

/// A user's own op.
struct HalfOp : st::Elementwise<1> {
    static constexpr auto name = "half";
    template <class T>
    static constexpr T apply(T x) {
        return x * T(0.5f);
    }
};

}  // namespace

namespace fuse_test {
inline constexpr Leaf<32, 20> a{}, b{};
inline constexpr Leaf<20> s{};
inline constexpr Leaf<20, 12> w{};
inline constexpr Leaf<12> c{};
inline constexpr Leaf<65536> longest{};
inline constexpr Leaf<65537> longer{};
inline constexpr Leaf<9, 65537> many{};
}  // namespace fuse_test
using namespace fuse_test;

// What becomes one kernel, and what cannot.
static_assert(kernels<decltype(st::relu(st::matmul(a, w) + c))> == 1);
static_assert(kernels<decltype(st::apply<HalfOp>(st::relu(st::matmul(a, w) + c)))> == 1);
static_assert(kernels<decltype(st::leaky_relu(st::matmul(a, w) + c))> == 1);  // the truth value is formed within the product too
static_assert(kernels<decltype(st::tanh(a) * st::sigmoid(b))> == 1);
static_assert(kernels<decltype(st::matmul(st::relu(a * s), w))> == 1);
static_assert(kernels<decltype(st::softmax(a))> == 1);
static_assert(kernels<decltype(st::softmax(st::tanh(a) + b))> == 1);
static_assert(kernels<decltype((a - st::mean_keep(a, st::axis<-1>)) * 2.0)> == 1);
static_assert(kernels<decltype(st::matmul(st::matmul(a, w), st::transpose<1, 0>(w)))> == 2);  // a product needs its operands whole
static_assert(kernels<decltype(st::softmax(a, st::axes<0, 1>) * st::tanh(Leaf<32, 1>{}))> == 4);  // what is computed where it is read leaves no kernel
static_assert(kernels<decltype(a - st::sum_keep(a, st::axis<0>))> == 2);                     // a sum over rows is complete at its end only
// Of a row that all threads share the fold is complete at the kernel's end only; what is made of it alone is still in there.
static_assert(kernels<decltype(longest * st::rsqrt(st::sum_keep(longest * longest, st::axis<0>)))> == 1);
static_assert(kernels<decltype(longer * st::rsqrt(st::sum_keep(longer * longer, st::axis<0>)))> == 2);
static_assert(kernels<decltype(many * st::rsqrt(st::sum_keep(many * many, st::axis<-1>)))> == 1);
static_assert(kernels<decltype(st::rsqrt(st::sum_keep(longer * longer, st::axis<0>)) * st::tanh(Leaf<1>{}))> == 1);
static_assert(kernels<decltype(st::softmax(longer))> == 3);

TEST_CASE("with fusing off each node is a kernel of its own") {
    st::Policy off;
    off.fuse = false;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const RandomGraph g = random_graph(seed, {});
        const auto plan = st::fuse(g, st::Ops<grow::List>::facts, random_op_count, off);
        int nodes = 0;
        for (int i = 0; i < g.nodes; ++i) {
            const st::Node& n = g.node[i];
            nodes += n.kind != st::Kind::leaf && n.kind != st::Kind::constant && n.kind != st::Kind::index && n.kind != st::Kind::pack && !st::detail::is_view(n);
        }
        CAPTURE(seed);
        CHECK(plan.groups == nodes);
    }
}

TEST_CASE("every node is in one group at most, and groups come after what they read") {
    Recipe recipe;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        recipe.gradients = seed % 2 == 1;
        recipe.nodes = 3 + static_cast<int>(seed % 12);
        const RandomGraph g = random_graph(seed, recipe);
        const auto plan = st::fuse(g, st::Ops<grow::List>::facts, random_op_count, st::Policy{});
        CAPTURE(seed);
        int members = 0;
        for (int at = 0; at < plan.groups; ++at) {
            CHECK(plan.group[at].members > 0);
            for (int m = plan.group[at].first; m >= 0; m = plan.node[m].next) {
                ++members;
                CHECK(plan.node[m].group == at);
                CHECK_FALSE(plan.node[m].floating);
                for (int k = 0; k < g.node[m].arity; ++k) {
                    const int read = st::detail::root_of(g, g.node[m].in[k]);
                    CHECK(plan.node[read].group <= at);
                    CHECK_FALSE(plan.node[read].pending);
                    if (plan.node[read].group >= 0 && plan.node[read].group < at) {
                        CHECK(plan.node[read].stored);
                        CHECK(plan.node[read].last_use >= at);
                    }
                }
            }
        }
        int placed = 0;
        for (int i = 0; i < g.nodes; ++i) placed += plan.node[i].group >= 0;
        CHECK(members == placed);
    }
}
