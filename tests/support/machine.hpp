// SPDX-License-Identifier: BSL-1.0
/// A program with arrays of its own, each just as large as one run needs it, between pages that may not be touched.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <strata/exec/host.hpp>
#include <strata/optim/adam.hpp>

#include "guarded.hpp"
#include "interpreter.hpp"
#include "slots.hpp"

namespace strata::test {

/// Arrays of a run of Program<Traced> with `count` samples.   Inputs and outputs hold `count` samples and end anywhere; the other arrays hold
/// whole lines of 64 bytes. Inputs and parameters lie in [-0.5, 0.5), other numbers in [0.25, 1.25), integers in [0, classes).
/// Outputs and the arena begin as NaN, the block of gradients as zeros, which what lies between its parts stays.
template <class Traced>
class Machine {
  public:
    using P = Program<Traced>;
    using Host = HostProgram<P>;
    struct Array {
        Region region;
        int index;
        std::unique_ptr<Guarded<char>> memory;
    };
    Run numbers;
    Bindings bindings;
    std::vector<Array> arrays;

    explicit Machine(int count, int classes = 4) : numbers{count, 5, 3, nullptr}, workspace_(static_cast<std::size_t>(Host::workspace_bytes())) {
        std::memset(workspace_.data(), 0xff, workspace_.size());
        numbers.workspace = workspace_.data();
        for (int i = 0; i < P::graph.nodes; ++i) {
            const Kind kind = P::graph.node[i].kind;
            if (kind == Kind::leaf || kind == Kind::pack || P::plan.node[i].stored) room_for(memory_of<P>(i), P::graph.node[i]);
        }
        for (Array& a : arrays) {
            a.memory = std::make_unique<Guarded<char>>(room_[static_cast<std::size_t>(&a - arrays.data())]);
            std::memset(a.memory->data(), a.region == Region::gradient ? 0 : 0xff, a.memory->size());
            if (a.region == Region::input)
                bindings.input[a.index] = a.memory->data();
            else if (a.region == Region::output)
                bindings.output[a.index] = a.memory->data();
            else
                bindings.region[static_cast<int>(a.region)] = a.memory->data();
        }
        for (int i = 0; i < P::graph.nodes; ++i)
            if (P::graph.node[i].kind == Kind::leaf) fill(i, classes);
        double own[Adam::scalars] = {};
        Adam{}.numbers(4, own);
        if (bindings.region[static_cast<int>(Region::scalar)] == nullptr) return;
        auto* scalars = static_cast<typename P::Real*>(bindings.region[static_cast<int>(Region::scalar)]);
        const std::size_t many = find(Region::scalar, 0)->memory->size() / sizeof(typename P::Real);
        const double common[] = {1.0 / count, 0.125};
        for (std::size_t i = 0; i < many && i < 2; ++i) scalars[i] = static_cast<typename P::Real>(common[i]);
        for (std::size_t i = 2; i < many && i < 2 + Adam::scalars; ++i) scalars[i] = static_cast<typename P::Real>(own[i - 2]);
    }
    void run(Pool* pool = nullptr) {
        numbers.pool = pool;
        Host::run(numbers, bindings);
    }
    /// The same for the interpreter.
    Binding binding() const {
        Binding b;
        b.count = numbers.count, b.seed = numbers.seed, b.step = numbers.step;
        std::copy(std::begin(bindings.input), std::end(bindings.input), b.input);
        std::copy(std::begin(bindings.region), std::end(bindings.region), b.region);
        return b;
    }
    Array* find(Region region, int index) {
        for (Array& a : arrays)
            if (a.region == region && a.index == index) return &a;
        return nullptr;
    }
    /// Nothing was written around an array.
    bool intact() const {
        return workspace_.intact() && std::all_of(arrays.begin(), arrays.end(), [](const Array& a) { return a.memory->intact(); });
    }
    /// All bytes but the arena's, which nobody reads after a run.
    std::vector<char> results() const {
        std::vector<char> all;
        for (const Array& a : arrays)
            if (a.region != Region::arena) all.insert(all.end(), a.memory->data(), a.memory->data() + a.memory->size());
        return all;
    }

  private:
    std::vector<std::size_t> room_;
    Guarded<char> workspace_;

    void room_for(const Slot& m, const Node& n) {
        const bool whole = m.region != Region::input && m.region != Region::output;
        const long used = m.begin + (m.turn.places > 0 ? (m.turn.places - 1) * m.turn.stride : 0) + (whole ? m.end - m.begin : extents_in_run(n.dims, numbers.count, P::capacity).size() * size_of(n.type));
        const auto bytes = static_cast<std::size_t>(m.region == Region::arena ? P::plan.arena : whole ? detail::round_up(used, 64) : used);
        Array* known = find(m.region, m.index);
        if (known == nullptr) {
            arrays.push_back({m.region, m.index, nullptr});
            room_.push_back(0);
            known = &arrays.back();
        }
        std::size_t& room = room_[static_cast<std::size_t>(known - arrays.data())];
        room = std::max(room, bytes);
    }
    void fill(int id, int classes) {
        const Node& n = P::graph.node[id];
        const Slot all = memory_of<P>(id);
        if (all.region == Region::arena) return;  // what a loop hands on
        for (int turn = 0; turn < (all.turn.places > 0 ? all.turn.places : 1); ++turn) fill(n, all.in(turn), classes);
    }
    void fill(const Node& n, const Slot& m, int classes) {
        char* to = find(m.region, m.index)->memory->data() + m.begin;
        const long many = m.region == Region::input ? extents_in_run(n.dims, numbers.count, P::capacity).size() : n.dims.size();
        for (long i = 0; i < many; ++i) {
            const double u = static_cast<double>(Philox::uniform(9, static_cast<std::uint64_t>(m.region), static_cast<std::uint64_t>(m.begin + i)));
            const double from = m.region == Region::input || m.region == Region::parameter ? -0.5 : 0.25;
            if (n.type == DType::f32)
                reinterpret_cast<float*>(to)[i] = static_cast<float>(from + u);
            else if (n.type == DType::f64)
                reinterpret_cast<double*>(to)[i] = from + u;
            else
                reinterpret_cast<std::int32_t*>(to)[i] = static_cast<std::int32_t>(u * classes);
        }
    }
};

/// The first sink that is away from what the traced graph says by more than `bound` of the largest number there; or what was written around an array.
/// Reference: whose graph says it, one without loops that computes the same.
template <class Traced, class Reference = Traced>
std::string unlike_graph(int count, double bound = 1e-10) {
    Machine<Traced> machine(count);
    const std::vector<Value> wanted = interpret_trace<Reference>(machine.binding());
    machine.run();
    static constexpr auto graph = Reference::graph();
    for (int s = 0; s < graph.sinks; ++s) {
        const Sink& sink = graph.sink[s];
        const Value& w = wanted[static_cast<std::size_t>(sink.node)];
        const char* is = machine.find(sink.region, sink.index)->memory->data() + sink.offset * size_of(graph.node[sink.node].type);
        double most = 0, size = 1e-3;
        for (long i = 0; i < static_cast<long>(w.at.size()); ++i) {
            const double d = std::abs(element(is, graph.node[sink.node].type, i) - w[i]);
            most = d <= most ? most : std::isnan(d) ? INFINITY : d;
            size = std::max(size, std::abs(w[i]));
        }
        if (!(most <= bound * size)) return "sink " + std::to_string(s) + " is off by " + std::to_string(most / size);
    }
    return machine.intact() ? "" : "something was written around an array";
}
/// The same bits with 1, 2 and 3 threads, and whatever the arena held before.
template <class Traced>
void check_bits(int count) {
    CAPTURE(count);
    Machine<Traced> alone(count);
    alone.run();
    CHECK(alone.intact());
    for (int threads = 1; threads <= 3; ++threads) {
        CAPTURE(threads);
        Pool pool(threads);
        Machine<Traced> other(count);
        other.run(&pool);
        CHECK(other.results() == alone.results());
    }
    Machine<Traced> clean(count);
    if (auto* arena = clean.find(Region::arena, 0)) std::memset(arena->memory->data(), 0, arena->memory->size());
    clean.run();
    CHECK(clean.results() == alone.results());
}
/// Steps in order are a run, and each changes bytes of its written slots alone.
template <class Traced>
void check_steps(int count) {
    using M = Machine<Traced>;
    static_assert(M::Host::kernels == M::P::plan.groups && M::Host::arena_bytes == M::P::plan.arena);
    M whole(count), stepped(count);
    whole.run();
    each_step_run<typename M::P>([&](int s, int turn) {
        CAPTURE(s);
        CAPTURE(turn);
        std::vector<std::vector<char>> before;
        for (const auto& a : stepped.arrays) before.emplace_back(a.memory->data(), a.memory->data() + a.memory->size());
        M::Host::run_step(s, stepped.numbers, stepped.bindings, turn);
        const Slots slots = slots_of_step<typename M::P>(s);
        int strays = 0, changed = 0;
        for (std::size_t a = 0; a < before.size(); ++a) {
            const auto& array = stepped.arrays[a];
            for (std::size_t i = 0; i < before[a].size(); ++i) {
                if (array.memory->data()[i] == before[a][i]) continue;
                const Slot byte{array.region, array.index, static_cast<long>(i), static_cast<long>(i) + 1, true};
                bool claimed = false;
                for (int k = 0; k < slots.count; ++k) claimed = claimed || (slots.at[k].written && inside(byte, slots.at[k].in(turn)));
                strays += !claimed;
                ++changed;
            }
        }
        CHECK(strays == 0);
        CHECK(changed > 0);
    });
    CHECK(stepped.results() == whole.results());
}

}  // namespace strata::test
