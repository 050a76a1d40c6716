// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/code.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../support/outputs.hpp"

namespace strata::test {
namespace {

/// What is wrong when the plan of a random graph runs, or nothing.
std::string difference(std::uint64_t seed, const Recipe& recipe, const Policy& policy, int count) {
    const RandomGraph g = random_graph(seed, recipe);
    Emulator<random_nodes, random_sinks> machine(g, Ops<grow::List>::facts, random_op_count, Calls<grow::List>::at, policy, recipe.capacity);
    Inputs inputs(g, seed);
    Binding& run = inputs.run;
    run.count = count;
    for (int s = 0; s < g.sinks; ++s)
        if (g.sink[s].region != Region::output) return "a sink that is no output";
    Outputs outputs(g);
    const std::vector<Value> wanted = interpret_graph(g, Calls<grow::List>::at, recipe.capacity, run);
    machine.run(run, outputs.at);
    return outputs.difference(wanted);
}
void check(Recipe recipe, int graphs) {
    Policy off;
    off.fuse = false;
    Policy once;
    once.recompute = false;
    Policy rows;
    rows.batch_innermost = false;
    const Policy policies[] = {Policy{}, off, once, rows};
    for (int i = 0; i < graphs; ++i) {
        const std::uint64_t seed = static_cast<std::uint64_t>(i) * 7 + 1;
        recipe.gradients = i % 2 == 1;
        recipe.nodes = 3 + i % 10;
        for (int p = 0; p < 4; ++p)
            for (const int count : {recipe.capacity, 1 + i % recipe.capacity}) {
                std::string wrong;
                try {
                    wrong = difference(seed, recipe, policies[p], count);
                } catch (const std::exception& e) {
                    wrong = e.what();
                }
                CAPTURE(seed);
                CAPTURE(p);
                CAPTURE(count);
                CAPTURE(recipe.nodes);
                CHECK(wrong == "");
                if (recipe.capacity == 1) break;
            }
    }
}

TEST_CASE("plans that once were wrong") {
    // What a window's kernel computed again lay where it could not address it, or was shown there by a broadcast; a view of a value that
    // other views made lie batch innermost.
    const struct {
        std::uint64_t seed;
        int nodes, capacity;
        bool gradients;
    } once[] = {{18179, 7, 1, false}, {18481, 6, 1, true}, {2141, 10, 1, true}, {11931, 8, 1, true}, {15776, 10, 17, true}, {20064, 10, 9, true}, {69958, 8, 9, true}};
    for (const auto& o : once) {
        Recipe r;
        r.images = true;
        r.nodes = o.nodes;
        r.capacity = o.capacity;
        r.gradients = o.gradients;
        CAPTURE(o.seed);
        CHECK(difference(o.seed, r, Policy{}, o.capacity) == "");
    }
}

TEST_CASE("plans of random graphs compute what the graphs say") { check({}, 2000); }
TEST_CASE("plans of random graphs with a batch compute what the graphs say") {
    Recipe r;
    r.capacity = 5;
    check(r, 1000);
}
TEST_CASE("plans of random graphs of pictures compute what the graphs say") {
    Recipe r;
    r.images = true;
    r.capacity = 9;
    check(r, 300);
}
TEST_CASE("plans of random graphs that choose rows of tables compute what the graphs say") {
    Recipe r;
    r.choices = true;
    check(r, 600);
    r.capacity = 5;
    check(r, 400);
    r.images = true;
    r.capacity = 9;
    check(r, 200);
}

}  // namespace
}  // namespace strata::test
