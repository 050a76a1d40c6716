// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/fuse.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include <strata/plan/layout.hpp>

#include "../support/random_graph.hpp"

// The fuser against the fewest kernels that there are. What one kernel can do is said here anew, as a property of a set of nodes; the
// fewest kernels are a shortest path from "nothing is in memory" to "all results are", each step a kernel whose operands are there.

namespace strata::test {
namespace {

using Space = std::array<int, max_rank>;  ///< extents, the last axis first
Space space_of(const Dims& d) {
    Space s;
    for (int i = 0; i < max_rank; ++i) s[static_cast<std::size_t>(i)] = i < d.rank ? d.extent[d.rank - 1 - i] : 1;
    return s;
}
/// The axes of `from` that are gone in `to`.
unsigned folded(const Space& from, const Space& to) {
    unsigned axes = 0;
    for (unsigned i = 0; i < max_rank; ++i) axes |= from[i] != to[i] ? 1u << i : 0u;
    return axes;
}
unsigned long_axes(const Space& s) { return folded(s, Space{1, 1, 1, 1, 1}); }
bool broadcasts(const Space& from, const Space& to) {
    for (unsigned i = 0; i < max_rank; ++i)
        if (from[i] != to[i] && from[i] != 1) return false;
    return true;
}
/// Whether a fold leaves one row of sums: all axes in front of one are folded.
bool leading(const Space& from, unsigned axes) {
    const unsigned stays = long_axes(from) & ~axes;
    return stays != 0 && (stays & (stays - 1)) == 0 && stays < (axes & (~axes + 1));
}

constexpr int dear = 8;  ///< what costs as much as an exponential is computed once
constexpr int most = 10;

/// One kernel: nodes computed, values left in memory, values that have to be there. Bit i is the i-th computed node.
struct Kernel {
    unsigned computes = 0, stores = 0, needs = 0;
    bool sensible = true;  ///< it hangs together, and what it computes again at each place is cheap altogether
};

/// All kernels that a graph's nodes can be put into.
class Kernels {
  public:
    std::vector<int> nodes;  ///< those that are computed: no leaves, numbers and views
    unsigned results = 0, dears = 0;
    std::vector<Kernel> all;

    Kernels(const RandomGraph& graph, const OpFacts* f) : g(graph), facts(f), place(static_cast<std::size_t>(graph.nodes), -1) {
        for (int i = 0; i < g.nodes; ++i) {
            const Node& n = g.node[i];
            if (n.kind == Kind::leaf || n.kind == Kind::constant || n.kind == Kind::index || strata::detail::is_view(n)) continue;
            place[static_cast<std::size_t>(i)] = static_cast<int>(nodes.size());
            nodes.push_back(i);
        }
        if (nodes.size() > most) return;
        readers.resize(nodes.size());
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (cost(node(i)) >= dear) dears |= 1u << i;
            for (int k = 0; k < node(i).arity; ++k)
                if (const int from = computed(read(node(i), k).root); from >= 0) readers[static_cast<std::size_t>(from)] |= 1u << i;
        }
        for (int i = 0; i < g.sinks; ++i) results |= 1u << computed(strata::detail::root_of(g, g.sink[i].node));
        for (unsigned set = 1; set < 1u << nodes.size(); ++set) list(set);
    }
    /// Fewest kernels that compute all results.
    int fewest() const {
        std::vector<bool> seen(std::size_t{1} << nodes.size());
        std::vector<unsigned> now{0}, next;
        for (int kernels = 0; !now.empty(); ++kernels, now.swap(next), next.clear())
            for (const unsigned done : now) {
                if ((results & ~done) == 0) return kernels;
                for (const Kernel& k : all) {
                    const unsigned then = done | k.stores;
                    if (!k.sensible || (k.needs & ~done) || (k.computes & done & dears) || seen[then]) continue;
                    seen[then] = true;
                    next.push_back(then);
                }
            }
        return -1;
    }
    bool has(unsigned computes, unsigned stores) const {
        for (const Kernel& k : all)
            if (k.computes == computes && (stores & ~k.stores) == 0) return true;
        return false;
    }
    const Node& node(std::size_t i) const { return g.node[nodes[i]]; }
    int computed(int id) const { return place[static_cast<std::size_t>(id)]; }

  private:
    const RandomGraph& g;
    const OpFacts* facts;
    std::vector<int> place;
    std::vector<unsigned> readers;

    /// An operand: the node whose memory it is found in, and whether it is read in another order, or with zeros around it, rather than
    /// element for element.
    struct Read {
        int root;
        bool moved = false, padded = false;
    };
    Read read(const Node& n, int k) const {
        Read r{n.in[k]};
        for (; strata::detail::is_view(g.node[r.root]); r.root = g.node[r.root].in[0]) {
            const Move move = strata::detail::move_of(g.node[r.root]);
            r.moved = r.moved || move != Move::broadcast;
            r.padded = r.padded || move == Move::pad;
        }
        return r;
    }
    int cost(const Node& n) const { return n.kind == Kind::map ? facts[n.op].cost : n.kind == Kind::random ? 1 : dear; }
    static bool anchors(const Node& n) { return n.kind == Kind::contract || n.kind == Kind::convolution || n.kind == Kind::window; }
    static bool sums(const Node& n) { return n.attributes.value[0] == static_cast<int>(Fold::sum); }
    static bool fits_loops(const Node& n) { return strata::detail::pointwise(n) || n.kind == Kind::random; }

    /// What a node is within a kernel.
    enum class Role {
        none,
        prologue,  ///< of a product's left operand
        helper,    ///< cheap, of fewer extents: computed again wherever it is read
        row,       ///< one value a row
        full,      ///< one value a place
        column,    ///< a sum that is complete when the kernel is
    };
    using Roles = std::array<Role, most>;

    void list(unsigned set) {
        int anchor = -1;
        for (std::size_t i = 0; i < nodes.size(); ++i)
            if (set >> i & 1u && anchors(node(i))) {
                if (anchor >= 0) return;
                anchor = static_cast<int>(i);
            }
        if (anchor >= 0) return product(set, static_cast<std::size_t>(anchor));
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (!(set >> i & 1u)) continue;
            const Node& n = node(i);
            const Space space = space_of(n.kind == Kind::reduce ? g.node[n.in[0]].dims : n.dims);
            loops(set, space, 0);
            if (n.kind == Kind::reduce) loops(set, space, folded(space, space_of(n.dims)));
        }
    }
    /// A kernel's nodes read each other or the same memory.
    bool hangs_together(unsigned set) const {
        unsigned reached = set & (~set + 1);
        for (unsigned before = 0; before != reached;) {
            before = reached;
            for (std::size_t i = 0; i < nodes.size(); ++i)
                for (std::size_t k = 0; k < nodes.size(); ++k)
                    if (set >> i & set >> k & reached >> k & 1u && meet(i, k)) reached |= 1u << i;
        }
        return reached == set;
    }
    bool meet(std::size_t a, std::size_t b) const {
        for (int i = 0; i < node(a).arity; ++i) {
            const int from = read(node(a), i).root;
            if (from == nodes[b]) return true;
            if (g.node[from].kind != Kind::constant && g.node[from].kind != Kind::index && g.node[from].dims.size() > 1)
                for (int k = 0; k < node(b).arity; ++k)
                    if (read(node(b), k).root == from) return true;
        }
        for (int k = 0; k < node(b).arity; ++k)
            if (read(node(b), k).root == nodes[a]) return true;
        return false;
    }

    /// Plain loops over `space` whose rows run along the axes `rows`: maps, folds of rows, maps of those, sums over leading axes.
    void loops(unsigned set, const Space& space, unsigned rows) {
        Roles roles{};
        Space row = space;
        for (unsigned i = 0; i < max_rank; ++i)
            if (rows >> i & 1u) row[i] = 1;
        bool forced = rows == 0;  // a kernel's rows begin with a fold that is no sum over leading axes: those are had with less reading
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (!(set >> i & 1u)) continue;
            const Node& n = node(i);
            const Space own = space_of(n.dims);
            if (n.kind == Kind::reduce) {
                const Space from = space_of(g.node[n.in[0]].dims);
                const unsigned axes = folded(from, own);
                const bool column = sums(n) && leading(from, axes);
                if (from == space && rows != 0 && axes == rows && (forced || !column)) {
                    roles[i] = Role::row;
                    forced = true;
                } else if ((from == space && column) || (from == row && rows != 0 && sums(n) && long_axes(own) == 0)) {
                    roles[i] = Role::column;
                }
            } else if (fits_loops(n)) {
                roles[i] = own == space                              ? Role::full
                           : rows != 0 && own == row                 ? Role::row
                           : !(dears >> i & 1u) && broadcasts(own, space) ? Role::helper
                                                                     : Role::none;
            }
            if (roles[i] == Role::none) return;
        }
        if (forced) add(set, roles);
    }
    /// A product, convolution or window, maps of its result, sums over a product's rows, and maps in front of a product's left operand.
    void product(unsigned set, std::size_t anchor) {
        Roles roles{};
        const Node& p = node(anchor);
        const Space space = space_of(p.dims);
        const Read left = read(p, 0);
        roles[anchor] = Role::full;
        const int first = computed(p.in[0]);
        if (p.kind == Kind::contract && p.attributes.value[0] == 0 && p.dims.rank == 2 && first >= 0 && set >> first & 1u && !left.moved)
            if (!prologue(set, static_cast<std::size_t>(first), roles)) return;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (!(set >> i & 1u) || roles[i] != Role::none) continue;
            const Node& n = node(i);
            const Space own = space_of(n.dims);
            if (strata::detail::pointwise(n)) {
                if (p.kind != Kind::contract && strata::detail::keeps_rows(n)) return;  // the result may lie batch innermost
                roles[i] = own == space ? Role::full : !(dears >> i & 1u) && broadcasts(own, space) ? Role::helper : Role::none;
                for (int k = 0; k < n.arity; ++k)
                    if (!tile_finds(p, set, n, k)) return;
            } else if (n.kind == Kind::reduce && p.kind == Kind::contract && p.dims.rank == 2 && sums(n) && computed(n.in[0]) >= 0 && set >> computed(n.in[0]) & 1u &&
                       space_of(g.node[n.in[0]].dims) == space && leading(space, folded(space, own))) {
                roles[i] = Role::column;
            }
            if (roles[i] == Role::none) return;
        }
        add(set, roles, static_cast<int>(anchor));
    }
    /// Maps of memory, of which only the product reads those that are dear.
    bool prologue(unsigned set, std::size_t i, Roles& roles) {
        const Node& n = node(i);
        const bool shared = (readers[i] & ~set) || results >> i & 1u;
        if (!strata::detail::pointwise(n) || (shared && dears >> i & 1u)) return false;
        roles[i] = Role::prologue;
        for (int k = 0; k < n.arity; ++k) {
            const Read r = read(n, k);
            if (r.padded || g.node[r.root].kind == Kind::random || g.node[r.root].kind == Kind::index) return false;
            const int from = computed(r.root);
            if (from >= 0 && set >> from & 1u && !r.moved && !prologue(set, static_cast<std::size_t>(from), roles)) return false;
        }
        return true;
    }
    /// Whether the tile code of a product or window can address operand k of n.
    bool tile_finds(const Node& p, unsigned set, const Node& n, int k) const {
        const Read r = read(n, k);
        const Node& from = g.node[r.root];
        if (r.padded || from.kind == Kind::random || from.kind == Kind::index) return false;
        if (p.kind == Kind::contract || (computed(r.root) >= 0 && set >> computed(r.root) & 1u && !r.moved)) return true;
        int found = n.in[k];
        while (strata::detail::is_view(g.node[found]) && strata::detail::move_of(g.node[found]) == Move::broadcast) found = g.node[found].in[0];
        const Space s = space_of(g.node[found].dims);
        const bool a_number_each_channel = (long_axes(s) & ~4u) == 0;
        return a_number_each_channel || (s == space_of(p.dims) && from.kind != Kind::leaf && !r.moved);
    }

    /// Adds a kernel if what its nodes read of each other is there when they read it.
    void add(unsigned set, const Roles& roles, int anchor = -1) {
        Kernel kernel{set};
        int again = 0;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (!(set >> i & 1u)) continue;
            if (roles[i] >= Role::row && !(anchor >= 0 && node(i).type == DType::boolean)) kernel.stores |= 1u << i;
            for (int k = 0; k < node(i).arity; ++k) {
                const Read r = read(node(i), k);
                const int from = computed(r.root);
                if (from < 0) continue;
                const bool inside = set >> from & 1u && !r.moved;
                const Role role = roles[static_cast<std::size_t>(from)];
                if (!inside || (static_cast<int>(i) == anchor && role != Role::prologue))
                    kernel.needs |= 1u << from;
                else if (role == Role::column || (roles[i] == Role::helper && role > Role::helper))
                    return;
                else if (role == Role::prologue && roles[i] != role && static_cast<int>(i) != anchor && dears >> from & 1u)
                    return;
            }
            const bool shorter = roles[i] == Role::prologue && space_of(node(i).dims) != space_of(g.node[node(static_cast<std::size_t>(anchor)).in[0]].dims);
            if (roles[i] == Role::helper || shorter) again += cost(node(i));
        }
        kernel.sensible = again < dear && hangs_together(set);
        all.push_back(kernel);
    }
};

/// The nodes that group `at` computes, those that it computes again for itself included.
unsigned computes(const Kernels& kernels, const RandomGraph& g, const Plan<random_nodes, random_nodes>& plan, int at) {
    unsigned set = 0;
    for (std::size_t i = kernels.nodes.size(); i-- > 0;) {
        bool here = plan.node[kernels.nodes[i]].group == at;
        for (std::size_t k = i + 1; plan.node[kernels.nodes[i]].floating && k < kernels.nodes.size(); ++k)
            for (int in = 0; set >> k & 1u && in < kernels.node(k).arity; ++in)
                here = here || strata::detail::root_of(g, kernels.node(k).in[in]) == kernels.nodes[i];
        set |= here ? 1u << i : 0u;
    }
    return set;
}

struct Tally {
    int graphs = 0, fewer = 0;
    std::array<int, most> more{};
};

void compare(std::uint64_t seed, const Recipe& recipe, Tally& tally) {
    const OpFacts* facts = Ops<grow::List>::facts;
    const RandomGraph g = with_copies(random_graph(seed, recipe), RandomGraph{});
    const Kernels kernels(g, facts);
    if (kernels.nodes.size() > most) return;
    const auto plan = fuse(g, facts, random_op_count, Policy{});
    CAPTURE(seed);
    CAPTURE(recipe.nodes);
    CAPTURE(recipe.capacity);
    for (int at = 0; at < plan.groups; ++at) {
        unsigned stored = 0;
        for (std::size_t i = 0; i < kernels.nodes.size(); ++i)
            if (plan.node[kernels.nodes[i]].group == at && plan.node[kernels.nodes[i]].stored) stored |= 1u << i;
        CAPTURE(at);
        CHECK(kernels.has(computes(kernels, g, plan, at), stored));
    }
    const int fewest = kernels.fewest(), more = plan.groups - fewest;
    CAPTURE(plan.groups);
    CAPTURE(fewest);
    CHECK(fewest >= 0);
    CHECK(more <= 1);
    ++tally.graphs;
    tally.fewer += more < 0;
    if (more >= 0 && more < most) ++tally.more[static_cast<std::size_t>(more)];
}
/// Nearly all have the fewest: the fuser is not one kernel behind as a rule.
void report(const Tally& tally) {
    std::string text = std::to_string(tally.graphs) + " graphs: " + std::to_string(tally.more[0]) + " with the fewest kernels";
    for (std::size_t i = 1; i < most; ++i)
        if (tally.more[i]) text += ", " + std::to_string(tally.more[i]) + " with " + std::to_string(i) + " more";
    if (tally.fewer) text += ", " + std::to_string(tally.fewer) + " with fewer, since they compute again what was thought dear here";
    MESSAGE(text);
    CHECK(tally.more[0] * 50 >= tally.graphs * 49);
}

// Of all graphs that have up to ten nodes among the first 200,000 plain ones, 145,972, and among the first 60,000 with pictures, 47,231, none is more than
// one kernel behind; 234 and 105 are one behind.
TEST_CASE("the fuser is within one kernel of the fewest") {
    Tally tally;
    Recipe recipe;
    for (std::uint64_t seed = 0; tally.graphs < 6000; ++seed) {
        recipe.nodes = 2 + static_cast<int>(seed % 7);
        recipe.gradients = seed % 5 == 1;
        recipe.capacity = seed % 3 == 0 ? 6 : 1;
        compare(seed, recipe, tally);
    }
    report(tally);
    // Two and three behind once: values that are in memory anyway, or computed again by several, were not seen to be; the last ten wait for groups to be united.
    Tally mended;
    for (const std::uint64_t seed : {54059, 66497, 69694, 70227, 74272, 77957, 83847, 94694, 125491, 138109, 148793, 155483, 156482,
                                     43356, 43728, 44249, 83131, 99272,  125941, 126311, 154721, 194676, 194971}) {
        recipe.nodes = 2 + static_cast<int>(seed % 7);
        recipe.gradients = seed % 5 == 1;
        recipe.capacity = seed % 3 == 0 ? 6 : 1;
        compare(seed, recipe, mended);
    }
    CHECK(mended.graphs == 23);
}

TEST_CASE("with convolutions and pooling too") {
    Tally tally;
    Recipe recipe;
    recipe.images = true;
    for (std::uint64_t seed = 0; tally.graphs < 4000; ++seed) {
        recipe.nodes = 2 + static_cast<int>(seed % 6);
        recipe.gradients = seed % 5 == 1;
        recipe.capacity = seed % 2 == 0 ? 17 : 1;
        compare(seed, recipe, tally);
    }
    report(tally);
}

}  // namespace
}  // namespace strata::test
