// SPDX-License-Identifier: BSL-1.0
// Programs with loops: the order of a run played through on paper, turn by turn.
#include <strata/exec/program.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <strata/layer/repeat.hpp>
#include <strata/layer/tanh.hpp>
#include <strata/optim/adam.hpp>

#include "../support/golden_nets.hpp"
#include "../support/slots.hpp"

namespace strata::test {
namespace {

template <class M, int B>
using Training = typename TrainingStep<M, CrossEntropy, Adam, B>::Plan;

/// Who wrote a line of 64 bytes of the arena.
struct Writer {
    int node = -1, turn = 0;
};
template <class P>
std::string value(int id) {
    return "value " + std::to_string(id) + " of segment " + std::to_string(P::graph.node[id].segment);
}
/// Whether `writer` leaves in its loop's place what `leaf` finds there.
template <class P>
bool hands_on(int writer, int leaf) {
    const Sink from = place_of_leaf(leaf, P::graph.node[leaf]);
    for (int i = 0; i < P::graph.sinks; ++i)
        if (detail::root_of(P::graph, P::graph.sink[i].node) == writer && from.region == Region::carry && P::graph.sink[i].region == Region::carry &&
            P::graph.sink[i].index == from.index)
            return true;
    return false;
}
/// The first time in a run that a step finds in memory something else than what it is to read, or writes over what it reads; or nothing.
template <class P>
std::string first_wrong_read() {
    std::vector<Writer> line(static_cast<std::size_t>(P::plan.arena / 64));
    std::string wrong;
    const auto each_line = [&](const Slot& m, auto f) {
        for (long at = m.begin / 64; at < (m.end + 63) / 64; ++at) f(line.at(static_cast<std::size_t>(at)));
    };
    each_step_run<P>([&](int s, int turn) {
        const int segment = P::plan.group[s].segment;
        const bool reverse = P::graph.segment[segment].reverse;
        for (int m = P::plan.group[s].first; m >= 0; m = P::plan.node[m].next)
            each_value_read<P>(s, m, [&](int read) {
                const Slot from = memory_of<P>(read).in(turn);
                if (from.region != Region::arena) return;
                const bool handed = P::graph.node[read].kind == Kind::leaf;
                const bool own = P::graph.node[read].segment == segment || P::plan.node[read].turn.places > 0;  // each turn has its own
                each_line(from, [&](const Writer& w) {
                    if (w.node < 0)
                        wrong = value<P>(read) + " is read before it is written";
                    else if (handed ? !hands_on<P>(w.node, read) : w.node != read)
                        wrong = value<P>(read) + " was written over by " + value<P>(w.node);
                    else if (!handed && own && w.turn != turn)
                        wrong = value<P>(read) + " is that of turn " + std::to_string(w.turn) + " in turn " + std::to_string(turn);
                    else if (handed && P::graph.node[w.node].segment == segment && w.turn != (reverse ? turn + 1 : turn - 1))
                        wrong = value<P>(read) + " was handed on by turn " + std::to_string(w.turn) + " to turn " + std::to_string(turn);
                });
                for (int k = P::plan.group[s].first; k >= 0; k = P::plan.node[k].next)
                    if (in_arena<P>(k) && meet(memory_of<P>(k).in(turn), from)) wrong = value<P>(k) + " is written where " + value<P>(read) + " is read";
            });
        for (int m = P::plan.group[s].first; m >= 0; m = P::plan.node[m].next)
            if (in_arena<P>(m)) each_line(memory_of<P>(m).in(turn), [&](Writer& w) { w = {m, turn}; });
    });
    return wrong;
}
/// How often a run writes each element of a region.
template <class P>
std::vector<int> writes_to(Region region, long elements) {
    std::vector<int> times(static_cast<std::size_t>(elements));
    each_step_run<P>([&](int s, int turn) {
        for (int m = P::plan.group[s].first; m >= 0; m = P::plan.node[m].next) {
            if (!P::plan.node[m].stored || P::plan.node[m].region != region) continue;
            const Slot to = memory_of<P>(m).in(turn);
            const long size = size_of(P::graph.node[m].type);
            for (long i = to.begin / size; i < to.end / size; ++i) ++times.at(static_cast<std::size_t>(i));
        }
    });
    return times;
}
/// A run writes every gradient and every state once, and nothing between them; every parameter and moment once.
template <class M, int B>
void check_training() {
    using P = Training<M, B>;
    CHECK(first_wrong_read<P>() == "");
    std::vector<int> gradients(static_cast<std::size_t>(M::parameter_block())), states(static_cast<std::size_t>(M::state_block()));
    for (int i = 0; i < M::parts(); ++i) {
        const auto& e = M::layout.entry[i];
        for (long k = 0; k < e.dims.size(); ++k) ++(e.trained ? gradients : states).at(static_cast<std::size_t>(e.offset + k));
    }
    CHECK(writes_to<P>(Region::gradient, M::parameter_block()) == gradients);
    CHECK(writes_to<P>(Region::state, M::state_block()) == states);
    CHECK(writes_to<P>(Region::parameter, M::parameter_block()) == std::vector<int>(gradients.size(), 1));
    CHECK(writes_to<P>(Region::moment, 2 * M::parameter_block()) == std::vector<int>(2 * gradients.size(), 1));
}

using Rows = Model<Sequential<Dense<6>, Repeat<3, Dense<6>, Tanh>, BatchNorm, Residual<Repeat<4, Residual<BatchNorm, Dense<6>, Relu>>>, Dense<4>>, Shape<5>>;
using Images = Model<Sequential<Conv2d<3, 3>, Repeat<3, Residual<Conv2d<3, 3, Sliding<1, 1, 1>>, BatchNorm, Relu>>, Flatten, Dense<6>, Repeat<2, Dense<6>>, Dense<4>>, Shape<1, 6, 7>>;

/// A program whose plan someone has meddled with.
template <class P>
struct OneTurnOnly : P {
    static constexpr auto without_turns() {
        auto other = P::plan;
        for (NodePlan& n : other.node)
            if (n.stacked) n.turn.stride = 0;
        return other;
    }
    static constexpr auto plan = without_turns();
};
}  // namespace

TEST_CASE("every step of every turn finds what it reads, and all that is trained is written once") {
    check_training<Rows, 8>();
    check_training<Images, 32>();
    check_training<ResidualNet<float>, 32>();
    CHECK(first_wrong_read<Session<Rows, 8>::Plan>() == "");
    CHECK(first_wrong_read<Session<Images, 32>::Plan>() == "");
}
TEST_CASE("the check can fail") { CHECK(first_wrong_read<OneTurnOnly<Training<Rows, 8>>>() != ""); }

}  // namespace strata::test
