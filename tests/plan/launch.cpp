// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/launch.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../support/outputs.hpp"

namespace strata::test {
namespace {

constexpr Policy joining() {
    Policy p;
    p.lanes = 32;
    p.batch_innermost = false;
    p.narrow = 128;
    p.beside = true;
    return p;
}

/// Steps by how their launches share them.
struct Counts {
    long plans = 0, steps = 0, launches = 0, in_samples = 0, in_beside = 0, kept = 0;
};

/// What is wrong when the joined plan of a random graph runs, or nothing. Blocks, and steps side by side, run in both orders: the element-wise
/// interpreter knows nothing of launches, and what is read too early or written over is NaN or another's number.
std::string difference(std::uint64_t seed, const Recipe& recipe, int count, Counts& counts) {
    const RandomGraph g = random_graph(seed, recipe);
    Emulator<random_nodes, random_sinks> machine(g, Ops<grow::List>::facts, random_op_count, Calls<grow::List>::at, joining(), recipe.capacity);
    ++counts.plans;
    counts.steps += machine.plan.groups;
    counts.launches += machine.plan.launches;
    for (int l = 0; l < machine.plan.launches; ++l) {
        const LaunchPlan& launch = machine.plan.launch[l];
        if (launch.join != LaunchKind::alone) (launch.join == LaunchKind::samples ? counts.in_samples : counts.in_beside) += launch.end - launch.first;
        if (launch.block > 0) ++counts.kept;
    }
    Inputs inputs(g, seed);
    Binding& run = inputs.run;
    run.count = count;
    const std::vector<Value> wanted = interpret_graph(g, Calls<grow::List>::at, recipe.capacity, run);
    for (const bool forwards : {false, true}) {
        Outputs outputs(g);
        machine.run(run, outputs.at, forwards);
        if (const std::string wrong = outputs.difference(wanted); !wrong.empty()) return wrong;
    }
    return "";
}
Counts check(Recipe recipe, int graphs) {
    Counts counts;
    for (int i = 0; i < graphs; ++i) {
        const std::uint64_t seed = static_cast<std::uint64_t>(i) * 11 + 3;
        recipe.gradients = i % 2 == 1;
        recipe.nodes = 4 + i % 12;
        const int count = i % 3 == 0 ? recipe.capacity : 1 + i % recipe.capacity;
        std::string wrong;
        try {
            wrong = difference(seed, recipe, count, counts);
        } catch (const std::exception& e) {
            wrong = e.what();
        }
        CAPTURE(seed);
        CAPTURE(count);
        CAPTURE(recipe.nodes);
        CHECK(wrong == "");
    }
    MESSAGE(counts.plans << " plans, " << counts.steps << " steps, " << counts.launches << " launches; of steps in blocks with samples " << counts.in_samples << ", side by side " << counts.in_beside
                         << "; launches that keep values in blocks " << counts.kept);
    return counts;
}

TEST_CASE("launches of random graphs compute what the graphs say, whatever order blocks and neighbours run in") {
    const Counts c = check({}, 1000);
    CHECK(c.in_samples == 0);  // there is no batch
    CHECK(c.in_beside > 500);
}
TEST_CASE("launches of random graphs with a batch compute what the graphs say") {
    Recipe r;
    r.capacity = 37;
    const Counts c = check(r, 700);
    CHECK(c.in_samples > 500);
    CHECK(c.kept > 50);
}
TEST_CASE("launches of random graphs of pictures compute what the graphs say") {
    Recipe r;
    r.images = true;
    r.capacity = 18;
    check(r, 150);
}
TEST_CASE("launches of random graphs that choose rows of tables compute what the graphs say") {
    Recipe r;
    r.choices = true;
    r.capacity = 17;
    check(r, 300);
}

}  // namespace
}  // namespace strata::test
