// SPDX-License-Identifier: BSL-1.0
/// Graphs with loops written out, by what segments, turns and stacks are said to mean: what passes over loops are measured by.
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <strata/graph/graph.hpp>

namespace strata::test {

/// Writes a graph out, turn by turn: the result has one segment, and no node is shared.   Needs: no random numbers.
/// Throws std::logic_error where a node reads what it may not, or finds what was not left for it.
template <int N, int S, int Room>
class Unrolled {
  public:
    using Result = Graph<Room, Room>;
    std::unique_ptr<Result> graph = std::make_unique<Result>();

    explicit Unrolled(const Graph<N, S>& g) : g_(g) {
        for (int s = 0; s < g.segments; ++s) {
            const Segment& segment = g.segment[s];
            const int turns = segment.turns == 0 ? 1 : segment.turns;
            for (int i = 0; i < turns; ++i) run(s, segment.reverse ? turns - 1 - i : i);
        }
    }

  private:
    const Graph<N, S>& g_;
    std::map<std::pair<int, int>, int> at_;              // node and turn -> node written out
    std::map<std::pair<int, int>, std::pair<int, int>> left_;  // stack and slot -> place and node written out

    int append(const Node& n) {
        if (graph->nodes == Room) throw std::logic_error("no room to write the loops out");
        graph->node[graph->nodes] = n;
        graph->node[graph->nodes].segment = 0;
        return graph->nodes++;
    }
    static long offset_of(const Turn& t, int turn) { return t.places == 0 ? 0 : (turn + t.phase) % t.places * t.stride; }
    static int place_of(const Turn& t, int turn) { return t.places == 0 ? t.phase : turn + t.phase; }

    /// What node `id` is to segment s in a turn of it.
    int find(int id, int s, int turn) {
        const Node& n = g_.node[id];
        if (n.kind == Kind::constant || n.kind == Kind::index) return append(n);
        if (n.kind == Kind::leaf) return leaf(id, n, turn);
        const bool mine = n.segment == s, once = g_.segment[n.segment].turns == 0, mirror = n.segment != 0 && g_.segment[s].mirror == n.segment;
        const auto found = at_.find({id, mine || mirror ? turn : 0});
        if ((!mine && !once && !mirror) || found == at_.end())
            throw std::logic_error("segment " + std::to_string(s) + " reads node " + std::to_string(id) + " of segment " + std::to_string(n.segment));
        return found->second;
    }
    int leaf(int id, const Node& n, int turn) {
        const Sink from = place_of_leaf(id, n);
        if (from.region == Region::carry) {
            const int place = place_of(from.turn, turn);
            const auto found = left_.find({from.index, place % g_.stack[from.index].places});
            if (found == left_.end() || found->second.first != place)
                throw std::logic_error("place " + std::to_string(place) + " of stack " + std::to_string(from.index) + " is not what was left there");
            return found->second.second;
        }
        Node plain = n;
        plain.attributes.value[2] += static_cast<int>(offset_of(from.turn, turn));
        for (int k = 3; k < 6; ++k) plain.attributes.value[k] = 0;
        return append(plain);
    }
    void run(int s, int turn) {
        for (int id = 0; id < g_.nodes; ++id) {
            Node n = g_.node[id];
            if (n.segment != s || n.kind == Kind::leaf || n.kind == Kind::constant || n.kind == Kind::index) continue;
            if (n.kind == Kind::random) throw std::logic_error("random numbers are not written out");
            for (int k = 0; k < n.arity; ++k) n.in[k] = find(n.in[k], s, turn);
            at_[{id, turn}] = append(n);
        }
        for (int i = 0; i < g_.sinks; ++i) {
            const Sink& to = g_.sink[i];
            if (g_.node[to.node].segment != s) continue;
            const int value = find(to.node, s, turn);
            if (to.region == Region::carry) {
                const int place = place_of(to.turn, turn);
                left_[{to.index, place % g_.stack[to.index].places}] = {place, value};
            } else {
                graph->sink[graph->sinks++] = Sink{value, to.region, to.index, to.offset + offset_of(to.turn, turn), {}};
            }
        }
    }
};

}  // namespace strata::test
