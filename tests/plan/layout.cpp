// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/layout.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <strata/plan/fuse.hpp>

#include "../support/random_graph.hpp"

namespace strata::test {
namespace {

bool is_anchor(const Node& n) { return n.kind == Kind::convolution || n.kind == Kind::window || n.kind == Kind::contract; }
/// What kernels may not be asked to read, or nothing: operand `in` of node n.
std::string unreadable(const RandomGraph& g, const Node& n, int in, bool batched) {
    bool plain = true, pads = false;
    int root = in;
    for (; detail::is_view(g.node[root]); root = g.node[root].in[0]) {
        plain = plain && detail::move_of(g.node[root]) == Move::reshape;
        pads = pads || detail::move_of(g.node[root]) == Move::pad;
    }
    const Node& r = g.node[root];
    if (is_anchor(n) && (r.kind == Kind::constant || r.kind == Kind::index)) return "an anchor reads what has no memory";
    if (is_anchor(n) && pads) return "an anchor reads padding";
    if (is_anchor(n) && n.kind != Kind::contract && !plain) return "an image is read through a view that is no reshape";
    if (is_anchor(n) && n.kind != Kind::contract && r.kind == Kind::leaf && g.node[in].dims.bounded()) return "an image is read from outside";
    const bool outside = r.kind == Kind::constant || r.kind == Kind::index, turned = batched && r.kind != Kind::leaf && r.dims.rank == 4 && r.dims.bounded() && !detail::keeps_rows(r);
    if (n.kind == Kind::scatter && (outside || !plain || turned)) return "an operand of a scatter lies in no rows";
    if (n.kind == Kind::gather && in == n.in[0] && in != n.in[1] && (outside || pads)) return "a table has no memory";
    for (const int lanes : {1, 4, 16})
        for (const bool innermost : {false, true})
            if ((!innermost || (batched && r.dims.rank == 4 && r.dims.bounded() && !detail::keeps_rows(r))) && !view_in(g, in, innermost, lanes).valid) return "a view is no strided one";
    return "";
}
template <class F>
void each_graph(int graphs, F f) {
    for (int i = 0; i < graphs; ++i) {
        Recipe recipe;
        recipe.images = i % 2 == 1;
        recipe.choices = i % 5 == 2;
        recipe.gradients = i % 3 == 1;
        recipe.capacity = i % 4 == 3 ? 8 : 1 + i % 4;
        recipe.nodes = 3 + i % 10;
        f(random_graph(static_cast<std::uint64_t>(i) * 11 + 2, recipe), recipe);
    }
}
bool slides(const RandomGraph& g) {
    bool found = false;
    for (int i = 0; i < g.nodes; ++i) found = found || g.node[i].kind == Kind::convolution || g.node[i].kind == Kind::window;
    return found;
}
int copies_in(const RandomGraph& g) {
    int n = 0;
    for (int i = 0; i < g.nodes; ++i) n += detail::copies(g.node[i]);
    return n;
}

/// A leaf, a move of it, and an anchor that reads the move (or the leaf, where `what` is no move).
struct Chain {
    Graph<12, 1> g;
    int add(Kind kind, const Dims& d, int a = -1, int b = -1) {
        Node n;
        n.kind = kind;
        n.op = -1;
        n.type = DType::f32;
        n.dims = d;
        for (const int in : {a, b})
            if (in >= 0) n.in[n.arity++] = in;
        g.node[g.nodes] = n;
        return g.nodes++;
    }
    int move(Move what, const Dims& d, int of, int a = 0, int b = 0) {
        const int n = add(Kind::move, d, of);
        g.node[n].attributes.value[0] = static_cast<int>(what);
        g.node[n].attributes.value[1] = a, g.node[n].attributes.value[2] = b;
        if (what == Move::slice) g.node[n].attributes.value[3] = 1;
        return n;
    }
    int copied() const { return with_copies(g, Graph<32, 1>{}).nodes - g.nodes; }
};
constexpr Dims image{4, {-8, 2, 4, 4}}, filters{4, {3, 2, 3, 3}}, result{4, {-8, 3, 2, 2}};
}  // namespace

TEST_CASE("images from outside are copied into the layout that convolutions like, weights are not; once for all readers") {
    Chain c;
    const int x = c.add(Kind::leaf, image), w = c.add(Kind::leaf, filters);
    c.add(Kind::convolution, result, x, w);
    CHECK(c.copied() == 1);
    c.add(Kind::convolution, result, x, w);
    CHECK(c.copied() == 1);
    const auto g = with_copies(c.g, Graph<32, 1>{});
    CHECK(detail::copies(g.node[2]));
    CHECK_FALSE(detail::keeps_rows(g.node[2]));
    CHECK(g.node[2].dims == image);
    for (const int at : {3, 4}) {
        CHECK(g.node[at].in[0] == 2);
        CHECK(g.node[at].in[1] == w);
    }
}
TEST_CASE("pictures of flat values are read where these lie, but for those of another batch and those that others read as well") {
    const auto pictures_of = [](const Dims& flat, bool sunk) {
        Chain c;
        const int x = c.add(Kind::map, flat, c.add(Kind::leaf, flat)), w = c.add(Kind::leaf, filters);
        c.add(Kind::convolution, result, c.move(Move::reshape, image, x), w);
        if (sunk) c.g.sink[c.g.sinks++] = Sink{x, Region::output, 0, 0, {}};
        const auto g = with_copies(c.g, Graph<32, 1>{});
        Plan<32, 1> plan;
        arrange(g, plan, Policy{});
        CHECK(plan.node[detail::root_of(g, g.node[g.nodes - 1].in[0])].lanes);
        CHECK(plan.node[x].lanes == (g.nodes == c.g.nodes));
        return c.copied();
    };
    CHECK(pictures_of({2, {-8, 32}}, false) == 0);
    CHECK(pictures_of({3, {-8, 8, 4}}, false) == 0);
    CHECK(pictures_of({2, {-64, 4}}, false) == 1);
    CHECK(pictures_of({2, {-8, 32}}, true) == 1);
}
TEST_CASE("what a product reads is copied where it has no memory or is padded, and left alone through other views") {
    const Dims square{2, {4, 4}};
    const auto product_of = [&](Kind from, Move what, const Dims& between, int a, int b) {
        Chain c;
        const int root = c.add(from, what == Move::pad ? Dims{2, {3, 4}} : between), other = c.add(Kind::leaf, square);
        c.add(Kind::contract, square, c.move(what, square, root, a, b), other);
        return c.copied();
    };
    CHECK(product_of(Kind::leaf, Move::transpose, square, 1, 0) == 0);
    CHECK(product_of(Kind::leaf, Move::reshape, Dims{3, {2, 2, 4}}, 0, 0) == 0);
    CHECK(product_of(Kind::leaf, Move::slice, Dims{2, {6, 4}}, 0, 1) == 0);
    CHECK(product_of(Kind::leaf, Move::pad, square, 0, 1) == 1);
    CHECK(product_of(Kind::constant, Move::broadcast, Dims{}, 0, 0) == 1);
}
TEST_CASE("a reshape of a transposed value is made on a copy of it, a reshape alone is not") {
    Chain c;
    const int x = c.add(Kind::leaf, {2, {4, 6}}), turned = c.move(Move::transpose, {2, {6, 4}}, x, 1, 0);
    c.move(Move::reshape, {1, {24}}, x);
    CHECK(c.copied() == 0);
    c.g.sink[c.g.sinks++] = Sink{c.move(Move::reshape, {1, {24}}, turned), Region::output, 0, 0};
    const auto g = with_copies(c.g, Graph<32, 1>{});
    REQUIRE(g.nodes == c.g.nodes + 1);
    const Node& last = g.node[g.sink[0].node];
    CHECK(last.dims == Dims{1, {24}});
    CHECK(detail::keeps_rows(g.node[last.in[0]]));
    CHECK(g.node[last.in[0]].in[0] == 1);
}
TEST_CASE("a part of a number, and zeros around one, are cut from a copy of it") {
    for (const Move what : {Move::slice, Move::pad}) {
        Chain c;
        c.move(what, {1, {5}}, c.add(Kind::constant, {1, {what == Move::pad ? 3 : 7}}), 0, 1);
        const auto g = with_copies(c.g, Graph<32, 1>{});
        REQUIRE(g.nodes == 3);
        CHECK(detail::copies(g.node[1]));
        CHECK(g.node[1].dims == g.node[0].dims);
        CHECK(g.node[2].in[0] == 1);
    }
}
TEST_CASE("copies: kernels can read what they are given, values stay, no more room is taken than is said, and none is made in vain") {
    int made = 0;
    each_graph(1200, [&](const RandomGraph& g, const Recipe& recipe) {
        const RandomGraph h = with_copies(g, RandomGraph{});
        int room = 0;
        for (int i = 0; i < g.nodes; ++i) room += is_anchor(g.node[i]) ? 3 : g.node[i].kind == Kind::move ? 1 : 0;
        CHECK(h.nodes - g.nodes == copies_in(h) - copies_in(g));
        CHECK(h.nodes - g.nodes <= room);
        made += h.nodes - g.nodes;
        const bool batched = slides(g);
        std::string wrong;
        for (int i = 0; i < h.nodes; ++i)
            for (int k = 0; k < h.node[i].arity; ++k) {
                CHECK(h.node[i].in[k] < i);
                const std::string why = unreadable(h, h.node[i], h.node[i].in[k], batched);
                if (!why.empty()) wrong = why;
            }
        CHECK(wrong == "");
        CHECK(with_copies(h, RandomGraph{}).nodes == h.nodes);
        if (h.nodes == g.nodes) return;
        Binding run;
        run.count = recipe.capacity;
        Dice dice{7};
        std::vector<std::vector<double>> inputs(16, std::vector<double>(40000));
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            for (double& e : inputs[i]) e = dice.number();
            run.input[i] = inputs[i].data();
        }
        const auto before = interpret_graph(g, Calls<grow::List>::at, recipe.capacity, run), after = interpret_graph(h, Calls<grow::List>::at, recipe.capacity, run);
        REQUIRE(h.sinks == g.sinks);
        for (int s = 0; s < g.sinks; ++s) {
            const Value &a = before[static_cast<std::size_t>(g.sink[s].node)], &b = after[static_cast<std::size_t>(h.sink[s].node)];
            CHECK(a.dims == b.dims);
            bool same = true;
            for (std::size_t i = 0; i < a.at.size(); ++i) same = same && (a.at[i] == b.at[i] || (a.at[i] != a.at[i] && b.at[i] != b.at[i]));
            CHECK(same);
        }
    });
    CHECK(made > 400);
}
TEST_CASE("the batch lies innermost in values of sliding graphs alone that nobody outside sees, and alike on both sides of a kernel") {
    int turned = 0;
    each_graph(1200, [&](const RandomGraph& g, const Recipe&) {
        const RandomGraph h = with_copies(g, RandomGraph{});
        Policy policy;
        policy.lanes = 8;
        auto plan = fuse(h, Ops<grow::List>::facts, random_op_count, policy);
        plan.capacity = 1;
        arrange(h, plan, policy);
        const bool any = slides(g);
        for (int i = 0; i < h.nodes; ++i) {
            const Node& n = h.node[i];
            if (plan.node[i].lanes) {
                ++turned;
                bool pictures = false;
                for (int k = i; k < h.nodes; ++k) pictures = pictures || (h.node[k].dims.rank == 4 && detail::root_of(h, k) == i && h.node[k].dims.extent[0] == n.dims.extent[0]);
                const bool fits = any && pictures && n.dims.bounded() && capacity(n.dims.extent[0]) >= 4;
                const bool own = n.kind != Kind::leaf && n.kind != Kind::constant && !detail::is_view(n) && !detail::keeps_rows(n);
                CHECK((fits && own));
                for (int s = 0; s < h.sinks; ++s) CHECK(detail::root_of(h, h.sink[s].node) != i);
            }
            if (n.kind != Kind::convolution && n.kind != Kind::window) continue;
            int images = 0, innermost = 0;
            for (int k = -1; k < n.arity; ++k) {
                const int id = k < 0 ? i : n.in[k];
                if (!h.node[id].dims.bounded()) continue;  // weights
                ++images;
                innermost += plan.node[detail::root_of(h, id)].lanes && view_of(h, plan, id, policy.lanes).stride[0] == 1;
            }
            CHECK((innermost == 0 || innermost == images));
        }
        Policy rows = policy;
        rows.batch_innermost = false;
        auto other = fuse(h, Ops<grow::List>::facts, random_op_count, rows);
        arrange(h, other, rows);
        for (int i = 0; i < h.nodes; ++i) CHECK_FALSE(other.node[i].lanes);
    });
    CHECK(turned > 300);
}
TEST_CASE("it lies innermost from the batch on that fills half a vector, but not where the result is read outside") {
    for (const int batch : {1, 7, 8, 64}) {
        Chain c;
        Dims x = image, y = result;
        x.extent[0] = y.extent[0] = -batch;
        const int w = c.add(Kind::leaf, filters);
        c.add(Kind::convolution, y, c.add(Kind::leaf, x), w);
        auto g = with_copies(c.g, Graph<32, 1>{});
        Plan<32, 1> plan, seen;
        Policy policy;
        policy.lanes = 16;
        arrange(g, plan, policy);
        CAPTURE(batch);
        CHECK(plan.node[3].lanes == (batch >= 8));
        CHECK(plan.node[2].lanes == (batch >= 8));
        CHECK_FALSE((plan.node[0].lanes || plan.node[1].lanes));
        g.sink[g.sinks++] = Sink{3, Region::output, 0, 0};
        arrange(g, seen, policy);
        CHECK_FALSE(seen.node[3].lanes);
    }
}

}  // namespace strata::test
