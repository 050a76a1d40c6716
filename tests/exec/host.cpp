// SPDX-License-Identifier: BSL-1.0
#include <strata/exec/host.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include <strata/exec/expression.hpp>
#include <strata/layer/dropout.hpp>
#include <strata/layer/layer_norm.hpp>
#include <strata/op/softmax.hpp>

#include "../support/golden_nets.hpp"
#include "../support/machine.hpp"

namespace strata::test {
namespace {

template <class M, int B>
using Training = detail::TrainingTrace<typename M::Net, typename M::Input, B, CrossEntropy, Adam, typename M::Real>;
template <class M, int B>
using Inference = detail::InferenceTrace<typename M::Net, typename M::Input, B, typename M::Real>;
template <class Real>
using Dropping = Model<Sequential<Dense<33>, Relu, Dropout<0.3f>, LayerNorm, Dense<4>>, Shape<12>, Host, Precision<Real>>;
using Wide = Model<Sequential<Dense<300>, Relu, Dense<10>>, Shape<200>>;
template <int... D>
using F = TensorLeaf<float, Shape<D...>>;
using Tree = detail::ExpressionTrace<decltype(softmax(matmul(relu(matmul(F<9, 6>{}, F<6, 5>{}) * 2.0), F<5, 33>{})) + F<33>{})>;

/// The worst that a sink is away from what the traced graph says, in shares of the largest number there; with the sink's name where it is bad.
template <class Traced>
std::string unlike_graph(int count) {
    Machine<Traced> machine(count);
    const std::vector<Value> wanted = interpret_trace<Traced>(machine.binding());
    machine.run();
    static constexpr auto graph = Traced::graph();
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
        if (!(most <= 1e-10 * size)) return "sink " + std::to_string(s) + " is off by " + std::to_string(most / size);
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
    for (int s = 0; s < M::Host::kernels; ++s) {
        CAPTURE(s);
        std::vector<std::vector<char>> before;
        for (const auto& a : stepped.arrays) before.emplace_back(a.memory->data(), a.memory->data() + a.memory->size());
        M::Host::run_step(s, stepped.numbers, stepped.bindings);
        const Slots slots = slots_of_step<typename M::P>(s);
        int strays = 0, changed = 0;
        for (std::size_t a = 0; a < before.size(); ++a) {
            const auto& array = stepped.arrays[a];
            for (std::size_t i = 0; i < before[a].size(); ++i) {
                if (array.memory->data()[i] == before[a][i]) continue;
                const Slot byte{array.region, array.index, static_cast<long>(i), static_cast<long>(i) + 1, true};
                bool claimed = false;
                for (int k = 0; k < slots.count; ++k) claimed = claimed || (slots.at[k].written && inside(byte, slots.at[k]));
                strays += !claimed;
                ++changed;
            }
        }
        CHECK(strays == 0);
        CHECK(changed > 0);
    }
    CHECK(stepped.results() == whole.results());
}

}  // namespace

TEST_CASE("a run leaves in every sink what the traced graph says, and stays within its arrays") {
    for (int count : {1, 5, 6}) {
        CAPTURE(count);
        CHECK(unlike_graph<Training<LeNet<double>, 6>>(count) == "");
        CHECK(unlike_graph<Training<Dropping<double>, 6>>(count) == "");
    }
}
TEST_CASE("threads and what was in the arena make no difference to any bit") {
    check_bits<Training<LeNet<float>, 37>>(37);
    check_bits<Training<LeNet<float>, 37>>(20);
    check_bits<Training<ResidualNet<float>, 32>>(31);
    check_bits<Training<Dropping<float>, 64>>(61);
    check_bits<Training<Wide, 100>>(99);
    check_bits<Inference<LeNet<float>, 37>>(1);
    check_bits<Tree>(1);
}
TEST_CASE("a step writes where its plan says, and nowhere else") {
    check_steps<Training<LeNet<float>, 37>>(37);
    check_steps<Training<Dropping<float>, 64>>(61);
    check_steps<Inference<LeNet<float>, 37>>(1);
    check_steps<Tree>(1);
}

}  // namespace strata::test
