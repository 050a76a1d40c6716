// SPDX-License-Identifier: BSL-1.0
#include <strata/plan/explain.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>
#include <string>

#include <strata/exec/expression.hpp>
#include <strata/layer.hpp>
#include <strata/loss.hpp>
#include <strata/op.hpp>
#include <strata/optim.hpp>
#include <strata/train/step.hpp>

namespace st = strata;

namespace {
template <class... L>
using Net = st::Sequential<L...>;
template <class N, class In, int B = 64, class Loss = st::CrossEntropy, class O = st::Adam>
constexpr st::PlanFacts training = st::plan_of<st::TrainingStep<st::Model<N, In>, Loss, O, B>>;
using Mlp = Net<st::Dense<256>, st::Relu, st::Dense<128>, st::Relu, st::Dense<10>>;
using LeNet = Net<st::Conv2d<6, 5>, st::Relu, st::MaxPool2d<2>, st::Conv2d<16, 5>, st::Relu, st::MaxPool2d<2>, st::Flatten, st::Dense<120>, st::Relu,
                  st::Dense<84>, st::Relu, st::Dense<10>>;
}  // namespace

// The budgets that the design promises.
static_assert(training<Mlp, st::Shape<784>>.kernels <= 10);
static_assert(training<Mlp, st::Shape<784>, 32>.kernels <= 10);
static_assert(training<LeNet, st::Shape<1, 28, 28>, 32>.kernels <= 24);
static_assert(st::plan_of<st::Session<st::Model<Net<st::Dense<8>, st::Relu>, st::Shape<4>>, 16>>.kernels == 1);
static_assert(st::plan_of<st::Session<st::Model<Net<st::LayerNorm>, st::Shape<40>>, 16>>.kernels == 1);
static_assert(st::plan_of<st::Session<st::Model<Net<st::Softmax>, st::Shape<40>>, 16>>.kernels == 1);

TEST_CASE("facts count bytes and operations by hand") {
    using X = st::TensorLeaf<float, st::Shape<8, 16>>;
    using W = st::TensorLeaf<float, st::Shape<16, 4>>;
    using B = st::TensorLeaf<float, st::Shape<4>>;
    constexpr auto f = st::plan_of<decltype(st::relu(st::matmul(X{}, W{}) + B{}))>;
    static_assert(f.kernels == 1 && f.arena_bytes == 0);
    CHECK(f.bytes_moved == 4 * (8 * 16 + 16 * 4 + 4 + 8 * 4));
    CHECK(f.flops == 2 * 8 * 16 * 4 + 2 * 8 * 4);
}

TEST_CASE("a kernel that reads another's result through a view says so") {
    using X = st::TensorLeaf<float, st::Shape<8, 8>>;
    CHECK(st::explain<decltype(st::transpose<1, 0>(st::exp(X{})) * 2)>().find("reads step 0 at other places than it is written") != std::string::npos);
}

TEST_CASE("after a product: dropout says that tiles draw no numbers, softmax that its rows are walked whole") {
    using Drops = st::Sequential<st::Dense<8>, st::Dropout<0.5f>, st::Dense<4>>;
    const std::string drops = st::explain<st::TrainingStep<st::Model<Drops, st::Shape<6>>, st::CrossEntropy, st::Adam, 32>>();
    CHECK(drops.find("the tiles of step 0 know neither random numbers") != std::string::npos);
    using X = st::TensorLeaf<float, st::Shape<8, 16>>;
    using W = st::TensorLeaf<float, st::Shape<16, 24>>;
    const std::string rows = st::explain<decltype(st::softmax(st::matmul(X{}, W{}), st::axis<1>))>();
    CHECK(rows.find("a fold along rows that step 0 does not walk whole") != std::string::npos);
    CHECK(rows.find("random") == std::string::npos);
}

TEST_CASE("the table has a line for each kernel and says why each begins") {
    using Step = st::TrainingStep<st::Model<Mlp, st::Shape<784>>, st::CrossEntropy, st::Adam, 64>;
    using Plan = Step::Plan;
    const std::string table = st::explain<Plan>();
    CHECK(st::explain<Step>() == table);
    long lines = 0;
    for (const char c : table) lines += c == '\n';
    CHECK(lines == 1 + Plan::kernels + 1);
    CHECK(table.find("matmul, add, relu*") != std::string::npos);
    CHECK(table.find("all parts of the packed gradients are needed first") != std::string::npos);
    CHECK(table.find("[<=64, 256]") != std::string::npos);
    const std::string dot = st::graphviz<Plan>();
    CHECK(dot.starts_with("digraph plan {"));
    CHECK(dot.find("s0 -> s1") != std::string::npos);
    CHECK(dot.ends_with("}\n"));
}

TEST_CASE("the table of a small plan, to the letter") {
    using X = st::TensorLeaf<float, st::Shape<8, 16>>;
    using P = st::Program<st::detail::ExpressionTrace<decltype(X{} - st::sum_keep(st::square(X{}), st::axis<0>))>>;
    // The squares are not kept: they and the sum are one pass, 128 operations each, as is the difference.
    CHECK(st::explain<P>() == "step  kernel       over                        read   written    MFLOP  computes; begins because\n"
                              "0     map          [8, 16]                      512        64      0.0  (square), sum*; reads only what comes from outside\n"
                              "1     map          [8, 16]                      576       512      0.0  subtract*; the sum over rows in step 0 is complete only at its end\n"
                              "2 kernels, 1664 bytes moved, 384 operations, arena of 64 bytes; * marks what is kept in memory, () what each reader computes again\n");
}

TEST_CASE("Graphviz: a box for each kernel, arrows between boxes, forwards only, every quote closed") {
    using Plan = st::TrainingStep<st::Model<LeNet, st::Shape<1, 28, 28>>, st::CrossEntropy, st::Adam, 32>::Plan;
    std::istringstream lines(st::graphviz<Plan>());
    std::string line;
    std::getline(lines, line);
    CHECK(line == "digraph plan {");
    int boxes = 0;
    std::set<int> reached;
    while (std::getline(lines, line) && line != "}") {
        CAPTURE(line);
        CHECK(line.ends_with(";"));
        CHECK(std::count(line.begin(), line.end(), '"') % 2 == 0);
        int from = -1, to = -1;
        if (std::sscanf(line.c_str(), " s%d -> s%d [", &from, &to) == 2) {
            CHECK((from >= 0 && from < to && to < boxes));
            reached.insert(to);
        } else if (std::sscanf(line.c_str(), " s%d [label=\"%d:", &from, &to) == 2) {
            CHECK((from == boxes && to == boxes));
            ++boxes;
        } else {
            CHECK(line.find("->") == std::string::npos);
        }
    }
    CHECK(line == "}");
    CHECK_FALSE(std::getline(lines, line));
    CHECK(boxes == Plan::kernels);
    // No arrow leads to those that, as the table says, read nothing that a kernel made.
    std::istringstream table(st::explain<Plan>());
    std::getline(table, line);
    for (int at = 0; at < boxes && std::getline(table, line); ++at) {
        CAPTURE(line);
        CHECK(reached.count(at) == (line.find("reads only what comes from outside") == std::string::npos && line.find("begins a kernel") == std::string::npos));
    }
}
