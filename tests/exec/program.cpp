// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/program.hpp>

#include <doctest/doctest.h>

#include <strata/exec/expression.hpp>
#include <strata/layer/embedding.hpp>
#include <strata/op/softmax.hpp>
#include <strata/op/take.hpp>
#include <strata/op/transpose.hpp>
#include <strata/optim/adam.hpp>

#include "../support/golden_nets.hpp"
#include "../support/slots.hpp"

namespace strata::test {
namespace {

template <class M, int B>
using Training = typename TrainingStep<M, CrossEntropy, Adam, B>::Plan;
template <class E>
using Expressed = Program<detail::ExpressionTrace<E>>;
template <int... D>
using F = TensorLeaf<float, Shape<D...>>;

/// Values that are alive at the same time share no byte, and the arena ends with the last of them.
template <class P>
constexpr bool places_are_sound() {
    constexpr int nodes = P::graph.nodes;
    int last[nodes] = {};
    long top = 0;
    for (int i = 0; i < nodes; ++i) {
        if (!in_arena<P>(i)) continue;
        last[i] = last_reader<P>(i);
        const Slot m = memory_of<P>(i);
        if (m.begin < 0 || m.begin % 64 != 0) return false;
        if (m.end > top) top = m.end;
        for (int k = 0; k < i; ++k) {
            if (!in_arena<P>(k)) continue;
            const bool together = P::plan.node[i].group <= last[k] && P::plan.node[k].group <= last[i];
            if (together && meet(m, memory_of<P>(k))) return false;
        }
    }
    return detail::round_up(top, 64) == P::plan.arena;
}
/// The value in whose memory a slot lies at step s, or -1: one written by now, and needed still.
template <class P>
constexpr int value_at(const Slot& slot, int s) {
    for (int i = 0; i < P::graph.nodes; ++i) {
        const Node& n = P::graph.node[i];
        const bool outside = n.kind == Kind::leaf || n.kind == Kind::pack;
        if (!outside && !P::plan.node[i].stored) continue;
        if (!inside(slot, memory_of<P>(i))) continue;
        const int from = P::plan.node[i].group;
        if (outside ? slot.written : slot.written ? from != s : from > s) continue;
        if (outside || !in_arena<P>(i) || last_reader<P>(i) >= s) return i;
    }
    return -1;
}
/// Every step touches the memory of values alone that it computes or that live.
template <class P>
constexpr bool slots_are_sound() {
    for (int s = 0; s < P::kernels; ++s) {
        const Slots slots = slots_of_step<P>(s);
        for (int i = 0; i < slots.count; ++i)
            if (value_at<P>(slots.at[i], s) < 0) return false;
    }
    return true;
}
/// The addresses that kernels are given are where the slots begin, in the same order.
template <class P, int S = 0>
constexpr bool addresses_are_slots() {
    if constexpr (S < P::kernels) {
        using A = Addresses<P, S - S % detail::steps_at_once>;
        constexpr int at = S % detail::steps_at_once;
        const Slots slots = slots_of_step<P>(S);
        int next = 0;
        for (int i = 0; i < A::list.count[at]; ++i) {
            const Address& a = A::list.at[at][i];
            if (a.stream) continue;
            if (has_prologue(P::graph, P::plan, S) && i == A::list.count[at] - 2) continue;  // the operand computed on the way has none
            if (next == slots.count) return false;
            const Slot& slot = slots.at[next++];
            if (a.region != slot.region || a.index != slot.index || a.offset != slot.begin) return false;
        }
        return next == slots.count && addresses_are_slots<P, S + 1>();
    } else {
        return true;
    }
}
/// Every value leads to a sink, and every sink's memory is where it says.
template <class P>
constexpr bool graph_is_clean() {
    bool needed[P::graph.nodes] = {};
    for (int i = 0; i < P::graph.sinks; ++i) {
        const Sink& sink = P::graph.sink[i];
        needed[sink.node] = true;
        const int root = detail::root_of(P::graph, sink.node);
        const Slot m = memory_of<P>(root);
        if (!P::plan.node[root].stored || m.region != sink.region || m.index != sink.index) return false;
        if (m.begin != sink.offset * size_of(P::graph.node[root].type)) return false;
        for (int k = 0; k < i; ++k)
            if (meet(m, memory_of<P>(detail::root_of(P::graph, P::graph.sink[k].node)))) return false;
    }
    for (int i = P::graph.nodes - 1; i >= 0; --i) {
        if (!needed[i]) return false;
        for (int k = 0; k < P::graph.node[i].arity; ++k) {
            if (P::graph.node[i].in[k] >= i) return false;
            needed[P::graph.node[i].in[k]] = true;
        }
    }
    return P::plan.groups == P::kernels && P::plan.capacity == P::capacity;
}
/// What a step writes into the place of a parameter, state or moment, no later step reads as it was, and the step itself only where it writes.
template <class P>
constexpr bool overwritten_last() {
    for (int i = 0; i < P::graph.sinks; ++i) {
        const int root = detail::root_of(P::graph, P::graph.sink[i].node), writer = P::plan.node[root].group;
        for (int id = 0; id < P::graph.nodes; ++id) {
            if (P::graph.node[id].kind != Kind::leaf || !meet(memory_of<P>(id), memory_of<P>(root))) continue;
            if (last_reader<P>(id) > writer) return false;
            const Slots slots = slots_of_step<P>(writer);
            for (int k = 0; k < slots.count; ++k)
                for (int j = 0; j < slots.count; ++j)
                    if (k != j && slots.at[k].written && meet(slots.at[k], slots.at[j])) return false;
        }
    }
    return true;
}
/// A block of gradients is read when all of its parts are written.
template <class P>
constexpr bool blocks_are_whole() {
    for (int id = 0; id < P::graph.nodes; ++id) {
        if (P::graph.node[id].kind != Kind::pack) continue;
        for (int s = 0; s < P::plan.groups; ++s) {
            bool reads = false;
            for (int m = P::plan.group[s].first; m >= 0; m = P::plan.node[m].next) reads = reads || computes_from<P>(s, id, m);
            for (int i = 0; reads && i < P::graph.sinks; ++i)
                if (P::graph.sink[i].region == memory_of<P>(id).region && P::plan.node[detail::root_of(P::graph, P::graph.sink[i].node)].group >= s) return false;
        }
    }
    return true;
}
template <class P>
constexpr bool sound =
    places_are_sound<P>() && slots_are_sound<P>() && addresses_are_slots<P>() && graph_is_clean<P>() && overwritten_last<P>() && blocks_are_whole<P>();

/// The same in a program that runs.
template <class P>
void check() {
    CHECK(places_are_sound<P>());
    CHECK(slots_are_sound<P>());
    CHECK(addresses_are_slots<P>());
    CHECK(graph_is_clean<P>());
    CHECK(overwritten_last<P>());
    CHECK(blocks_are_whole<P>());
}

using Chain = decltype(softmax(matmul(relu(matmul(F<9, 6>{}, F<6, 5>{}) + F<5>{}), F<5, 33>{})));
using Turned = decltype(transpose<1, 0>(matmul(transpose<1, 0>(F<6, 9>{}), F<6, 5>{})) + F<5, 9>{});
using Scaled = decltype(matmul(relu(F<32, 20>{} * F<20>{}), F<20, 12>{}) + F<12>{});
using Chosen = decltype(take<0>(F<9, 6>{}, TensorLeaf<std::int32_t, Shape<4>>{}) * 2.0);
using Words = Model<Sequential<Embedding<9, 6>, Flatten, Dense<4>>, Shape<5>>;
using Small = Training<Mlp<float>, 20>;

/// A program whose plan someone has meddled with.
template <class P, auto Meddle>
struct Meddled : P {
    static constexpr auto meddle() {
        auto other = P::plan;
        for (int i = 0; i < P::graph.nodes; ++i) Meddle(other.node[i]);
        return other;
    }
    static constexpr auto plan = meddle();
};
constexpr void together(NodePlan& n) {
    if (n.region == Region::arena) n.offset = 0;
}
constexpr void outwards(NodePlan& n) {
    if (n.region == Region::arena) n.offset += 64;
}
constexpr void at_once(NodePlan& n) { n.group = n.group > 0 ? 0 : n.group; }
constexpr void gradients_last(NodePlan& n) {
    if (n.region == Region::gradient && n.stored) n.group = Small::kernels - 1;
}
constexpr void onto_parameters(NodePlan& n) {
    if (n.region == Region::gradient && n.stored) n.region = Region::parameter;
}

}  // namespace

static_assert(sound<Expressed<Chain>> && Expressed<Chain>::kernels >= 2);
static_assert(sound<Expressed<Turned>>);
static_assert(sound<Expressed<Scaled>> && has_prologue(Expressed<Scaled>::graph, Expressed<Scaled>::plan, 0));
static_assert(sound<Expressed<Chosen>>);
static_assert(sound<Session<Mlp<float>, 20>::Plan>);
static_assert(sound<Small> && Small::plan.arena > 0);
static_assert(sound<Training<Mlp<double>, 7>>);
// None of them would miss what is wrong.
static_assert(!places_are_sound<Meddled<Small, together>>() && !places_are_sound<Meddled<Small, outwards>>());
static_assert(!slots_are_sound<Meddled<Small, at_once>>());
static_assert(!blocks_are_whole<Meddled<Small, gradients_last>>());
static_assert(!overwritten_last<Meddled<Small, onto_parameters>>() && !graph_is_clean<Meddled<Small, onto_parameters>>());

TEST_CASE("LeNet, inference and training, one sample and many") {
    check<Session<LeNet<float>, 1>::Plan>();
    check<Session<LeNet<float>, 37>::Plan>();
    check<Training<LeNet<float>, 1>>();
    check<Training<LeNet<float>, 37>>();
}
TEST_CASE("a table of words, whose gradient is a sum over indices") {
    check<Session<Words, 8>::Plan>();
    check<Training<Words, 8>>();
}
TEST_CASE("a residual net with running statistics") {
    check<Session<ResidualNet<float>, 32>::Plan>();
    static_assert(Training<ResidualNet<float>, 32>::kernels > detail::steps_at_once);
    check<Training<ResidualNet<float>, 32>>();
    check<Training<ResidualNet<double>, 6>>();
}

}  // namespace strata::test
