// SPDX-License-Identifier: BSL-1.0
/// What the compiler made of a network: its kernels as a table, as a picture for Graphviz, and as budgets that are assertions.
#include <cstdio>
#include <cstring>

#include <strata/strata.hpp>

namespace st = strata;

using Model = st::Model<st::Sequential<st::Dense<256>, st::Relu, st::Dense<128>, st::Relu, st::Dense<10>>, st::Shape<784>>;
using Session = st::Session<Model, 64>;
using Step = st::TrainingStep<Model, st::CrossEntropy, st::Adam, 64>;

// A change that costs a kernel or memory does not compile.
static_assert(st::plan_of<Session>.kernels == 3);
static_assert(st::plan_of<Step>.kernels <= 10);
static_assert(st::plan_of<Step>.arena_bytes <= 200'000);
static_assert(Model::cost.parameters == 235'146);

int main(int argc, char** argv) {
    if (argc > 1 && std::strcmp(argv[1], "--dot") == 0) {  // 06_plan --dot | dot -Tsvg > plan.svg
        std::fputs(st::graphviz<Step>().c_str(), stdout);
        return 0;
    }
    std::printf("%s\nOne training step:\n%s", st::summary<Model>().c_str(), st::explain<Step>().c_str());
}
